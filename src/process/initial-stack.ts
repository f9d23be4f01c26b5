/**
 * What a new process finds on its stack: argument count, arguments, environment, auxiliary vector.
 *
 * Source: System V ABI, "Process Initialization"; auxiliary types from Linux, include/uapi/linux/auxvec.h.
 */
import type { Image } from '../elf/index.js';
import type { Isa } from '../isa/index.js';
import { PAGE_SIZE } from '../machine/memory.js';
import { SeededNumbers } from './random.js';
import type { UserMemory } from './user-memory.js';

const AT_NULL = 0;
const AT_PHDR = 3;
const AT_PHENT = 4;
const AT_PHNUM = 5;
const AT_PAGESZ = 6;
const AT_BASE = 7;
const AT_FLAGS = 8;
const AT_ENTRY = 9;
const AT_UID = 11;
const AT_EUID = 12;
const AT_GID = 13;
const AT_EGID = 14;
const AT_HWCAP = 16;
const AT_CLKTCK = 17;
const AT_SECURE = 23;
const AT_RANDOM = 25;
const AT_EXECFN = 31;
const ALIGNMENT = 16;
const CLOCK_TICKS = 100;
const PROGRAM_HEADER_SIZE = { 32: 32, 64: 56 };
/** Of the user and the group everything belongs to. */
export const USER = 1000;

export interface Start {
  args: readonly string[];
  env: readonly string[];
  seed: number;
}

/** Writes the initial stack below `top` and returns the stack pointer, a window's save area below argc. */
export function writeInitialStack(
  user: UserMemory,
  image: Image,
  top: number,
  isa: Isa,
  start: Start,
): number {
  let at = top - 8;
  const put = (bytes: Uint8Array): number => {
    at -= bytes.length;
    user.write(at, bytes);
    return at;
  };
  const putString = (text: string): number => put(new TextEncoder().encode(`${text}\0`));
  const env = start.env.map(putString);
  const args = start.args.map(putString);
  const random = put(new SeededNumbers(start.seed).bytes(16));
  const name = putString(image.name);
  const auxiliary: [number, number][] = [
    [AT_PHDR, image.programHeaders.address],
    [AT_PHENT, PROGRAM_HEADER_SIZE[image.bits]],
    [AT_PHNUM, image.programHeaders.count],
    [AT_PAGESZ, PAGE_SIZE],
    [AT_BASE, 0],
    [AT_FLAGS, 0],
    [AT_ENTRY, image.entry],
    [AT_UID, USER],
    [AT_EUID, USER],
    [AT_GID, USER],
    [AT_EGID, USER],
    [AT_HWCAP, isa.hardwareCapabilities],
    [AT_CLKTCK, CLOCK_TICKS],
    [AT_SECURE, 0],
    [AT_RANDOM, random],
    [AT_EXECFN, name],
    [AT_NULL, 0],
  ];
  const words = [args.length, ...args, 0, ...env, 0, ...auxiliary.flat()];
  const { wordSize } = user;
  const argc = Math.floor((at - words.length * wordSize) / ALIGNMENT) * ALIGNMENT;
  for (const [i, word] of words.entries()) user.putWord(argc + wordSize * i, word);
  return argc - isa.windowSave;
}
