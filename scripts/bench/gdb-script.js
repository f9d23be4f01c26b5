/**
 * What a person would tell gdb to patch a RISC-V program under qemu-user at one instruction: go there, carry out the
 * plan, go on. gdb maps no memory and qemu lets it write no code that is read-only, so both are asked of the program's
 * kernel, by an `ecall` of the program's own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = 4096;
const SYS_MMAP = 222;
const SYS_MPROTECT = 226;
const PROT_ALL = 7;
/** MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS. */
const MAP_FLAGS = 0x32;
const ARGUMENTS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a7'];

/** Commands that call the kernel from where the process stands, and leave its registers as they were. */
function systemCalls(ecall, calls) {
  const saved = [...ARGUMENTS, 'pc'];
  return [
    ...saved.map((name) => `set $was_${name} = $${name}`),
    ...calls.flatMap(([number, ...args]) => [
      `set $pc = ${ecall}`,
      `set $a7 = ${number}`,
      ...args.map((value, i) => `set $a${i} = ${value}`),
      'stepi',
    ]),
    ...saved.map((name) => `set $${name} = $was_${name}`),
  ];
}

function pagesOf({ address, after }) {
  const end = address + after.length / 2;
  const first = Math.floor(address / PAGE);
  return Array.from({ length: Math.ceil(end / PAGE) - first }, (_, i) => (first + i) * PAGE);
}

/** Commands that carry out a plan, as `suture plan --json` has it; its bytes go into files of the folder. */
export function planCommands({ reservations, writes }, ecall, folder) {
  const reserved = ({ address }) => reservations.some(({ start, end }) => address >= start && address < end);
  const pages = new Set(writes.filter((write) => !reserved(write)).flatMap(pagesOf));
  const calls = [
    ...reservations.map(({ start, end }) => [SYS_MMAP, start, end - start, PROT_ALL, MAP_FLAGS, -1, 0]),
    ...[...pages].map((page) => [SYS_MPROTECT, page, PAGE, PROT_ALL]),
  ];
  const copies = writes.map(({ address, after }, i) => {
    const file = join(folder, `write-${i}`);
    writeFileSync(file, Buffer.from(after, 'hex'));
    return `restore ${file} binary ${address}`;
  });
  return [...systemCalls(ecall, calls), ...copies];
}

/** Commands that go to a point: step by step, or to the n-th time that its instruction comes. */
export const REACH = {
  step: ({ point }) => (point === 0 ? [] : [`stepi ${point}`]),
  breakpoint: ({ pc, before }) => [`break *${pc}`, `ignore 1 ${before}`, 'continue', 'delete'],
};
