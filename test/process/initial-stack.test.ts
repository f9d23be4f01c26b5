import { expect, test } from 'vitest';
import { Process } from '#suture/process/process.js';
import { imageOf, ISAS, tellerName } from '../support/programs.js';

const AT_PHDR = 3;
const AT_PHENT = 4;
const AT_PHNUM = 5;
const AT_PAGESZ = 6;
const AT_ENTRY = 9;
const AT_RANDOM = 25;
const AT_EXECFN = 31;

test.each(ISAS)('a process on %s finds arguments, environment and auxiliary vector', (isa) => {
  const image = imageOf(tellerName(isa));
  const load = (seed: number): Process =>
    Process.load(image, { args: ['name', '', 'two words'], env: ['A=1', 'B='], seed });
  const process = load(7);
  const { user } = process;
  const word = (at: number): number => user.word(at);
  const text = (at: number): string => Buffer.from(process.memory.readString(at, 100)!).toString();
  let at = process.stackPointer() + process.isa.windowSave;
  expect(at % 8).toBe(0);
  const next = (): number => {
    at += user.wordSize;
    return word(at - user.wordSize);
  };
  const listed = (): string[] => {
    const found = [];
    for (let pointer = next(); pointer !== 0; pointer = next()) found.push(text(pointer));
    return found;
  };
  expect(next()).toBe(3);
  expect(listed()).toEqual(['name', '', 'two words']);
  expect(listed()).toEqual(['A=1', 'B=']);
  const auxiliary = new Map<number, number>();
  for (let type = next(); type !== 0; type = next()) auxiliary.set(type, next());
  expect(auxiliary.get(AT_PAGESZ)).toBe(4096);
  expect(auxiliary.get(AT_ENTRY)).toBe(image.entry);
  expect(text(auxiliary.get(AT_EXECFN)!)).toBe(image.name);
  // The program headers are where it says, and as large as it says.
  const headers = auxiliary.get(AT_PHDR)!;
  expect([32, 56]).toContain(auxiliary.get(AT_PHENT));
  expect(
    process.memory.isMapped(headers, headers + auxiliary.get(AT_PHNUM)! * auxiliary.get(AT_PHENT)!),
  ).toBe(true);
  const random = (from: Process): Uint8Array => from.memory.read(auxiliary.get(AT_RANDOM)!, 16);
  expect(random(load(7))).toEqual(random(process));
  expect(random(load(8))).not.toEqual(random(process));
});
