/**
 * What a new process finds on its stack: argument count, arguments, environment, auxiliary vector.
 *
 * Source: System V ABI, "Process Initialization"; auxiliary types from Linux, include/uapi/linux/auxvec.h.
 */
import type { Image } from '../elf/index.js';
import { PAGE_SIZE, type Memory } from '../machine/memory.js';
import { SeededNumbers } from './random.js';

const AT_NULL = 0;
const AT_PHDR = 3;
const AT_PHENT = 4;
const AT_PHNUM = 5;
const AT_PAGESZ = 6;
const AT_ENTRY = 9;
const AT_RANDOM = 25;
const ALIGNMENT = 16;

export interface Start {
  args: readonly string[];
  env: readonly string[];
  seed: number;
}

/** Writes the initial stack below `top` and returns the stack pointer, `windowSave` bytes below argc. */
export function writeInitialStack(
  memory: Memory,
  image: Image,
  top: number,
  windowSave: number,
  start: Start,
): number {
  let at = top - 8;
  const put = (bytes: Uint8Array): number => {
    at -= bytes.length;
    memory.write(at, bytes);
    return at;
  };
  const putString = (text: string): number => put(new TextEncoder().encode(`${text}\0`));
  const env = start.env.map(putString);
  const args = start.args.map(putString);
  const random = put(new SeededNumbers(start.seed).bytes(16));
  const auxiliary: [number, number][] = [
    [AT_PHDR, image.programHeaders.address],
    [AT_PHENT, 32],
    [AT_PHNUM, image.programHeaders.count],
    [AT_PAGESZ, PAGE_SIZE],
    [AT_ENTRY, image.entry],
    [AT_RANDOM, random],
    [AT_NULL, 0],
  ];
  const words = [args.length, ...args, 0, ...env, 0, ...auxiliary.flat()];
  const argc = Math.floor((at - words.length * 4) / ALIGNMENT) * ALIGNMENT;
  for (const [i, word] of words.entries()) memory.store32(argc + 4 * i, word);
  return argc - windowSave;
}
