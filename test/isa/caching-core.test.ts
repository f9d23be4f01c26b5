/** What all interpreters here share; each one's own tests have more on fetched instructions. */
import { describe, expect, test } from 'vitest';
import type { Values } from '#suture/isa/pattern.js';
import { PAGE_SIZE } from '#suture/machine/memory.js';
import { assemble, machine, TEXT } from '../support/riscv.js';

const nop: [string, Values] = ['addi', { rd: 0, rs1: 0, imm: 0 }];
/** Adds 1 to x5 and jumps back. */
const loop: [string, Values][] = [
  ['addi', { rd: 5, rs1: 5, imm: 1 }],
  ['jal', { rd: 0, imm: -4 }],
];

describe('a breakpoint', () => {
  const at = (pc: number) => ({ kind: 'breakpoint', pc });

  test('that a system call returns to is reported', () => {
    const { core } = machine([['ecall'], nop, nop]);
    core.setBreakpoint(TEXT + 4);
    expect(core.run(9)).toEqual({ kind: 'syscall', pc: TEXT });
    core.finishSyscall();
    expect(core.run(9)).toEqual(at(TEXT + 4));
    expect(core.run(3)).toEqual({ kind: 'limit' });
  });

  test('that was reached exactly with the limit is reported when execution goes on', () => {
    const { core } = machine(loop);
    core.setBreakpoint(TEXT + 4);
    expect(core.run(1)).toEqual({ kind: 'limit' });
    expect(core.run(2)).toEqual(at(TEXT + 4));
    expect(core.run(2)).toEqual({ kind: 'limit' });
    expect(core.run(4)).toEqual(at(TEXT + 4));
  });

  test('is known to a fork that stands on it, as to the original', () => {
    const { core, memory } = machine(loop);
    core.setBreakpoint(TEXT + 4);
    core.run(9);
    const fork = core.fork(memory.fork());
    for (const one of [core, fork]) {
      expect(one.run(9)).toEqual(at(TEXT + 4));
      expect(one.retired).toBe(3);
    }
  });

  test('is reported again when the host came back to it', () => {
    const { core } = machine(loop);
    core.setBreakpoint(TEXT + 4);
    core.run(9);
    core.pc = TEXT;
    expect(core.run(2)).toEqual({ kind: 'limit' });
    expect(core.run(9)).toEqual(at(TEXT + 4));
    expect(core.retired).toBe(2);
  });

  test('is not stepped over because another one was left', () => {
    const { core } = machine(loop);
    core.setBreakpoint(TEXT + 4);
    core.run(9);
    core.clearBreakpoint(TEXT + 4);
    core.setBreakpoint(TEXT);
    expect(core.run(9)).toEqual(at(TEXT));
  });
});

describe('synchronizing', () => {
  const add = (imm: number): Uint8Array => assemble([['addi', { rd: 5, rs1: 0, imm }]]);

  /** Executes the instruction at each address, then writes another there; which of them are seen. */
  function seenAfter(addresses: readonly number[], start: number, end: number): number[] {
    const { core, memory } = machine([]);
    const run = (pc: number): number => {
      core.pc = pc;
      core.run(core.retired + 1);
      return core.get(5);
    };
    for (const pc of addresses) {
      memory.write(pc, add(1));
      run(pc);
      memory.write(pc, add(2));
    }
    core.synchronize(start, end);
    return addresses.filter((pc) => run(pc) === 2);
  }

  test('a range reaches every instruction that overlaps it, on whole pages and parts', () => {
    const addresses = [0, 4, 0xff8, 0xffe, 0x1004, 0x1008].map((offset) => TEXT + offset);
    const all = (...ranges: number[][]) => ranges.map(([a, b]) => seenAfter(addresses, TEXT + a!, TEXT + b!));
    expect(all([0, 1], [4, 8], [3, 5], [8, 0xff8])).toEqual([[TEXT], [TEXT + 4], [TEXT, TEXT + 4], []]);
    expect(all([0x1000, 0x1001], [0xffe, 0x1000])).toEqual([[TEXT + 0xffe], [TEXT + 0xffe]]);
    expect(all([0, PAGE_SIZE])).toEqual([addresses.slice(0, 4)]);
    expect(all([4, 0x1006])).toEqual([addresses.slice(1, 5)]);
    expect(all([-TEXT, 0x100000])).toEqual([addresses]);
  });

  test('reaches instructions on which a breakpoint stands', () => {
    const { core, memory } = machine(loop);
    core.run(2);
    core.setBreakpoint(TEXT);
    memory.write(TEXT, assemble([['addi', { rd: 5, rs1: 5, imm: 10 }]]));
    core.synchronize(TEXT, TEXT + 4);
    core.run(3);
    expect(core.get(5)).toBe(11);
  });

  test('of a range leaves a fork as it was', () => {
    const { core, memory } = machine(loop);
    core.run(2);
    const forked = memory.fork();
    const fork = core.fork(forked);
    for (const one of [memory, forked]) one.write(TEXT, add(7));
    core.synchronize(TEXT, TEXT + 4);
    core.run(3);
    fork.run(3);
    expect([core.get(5), fork.get(5)]).toEqual([7, 2]);
  });
});

test('single instructions add up', () => {
  const { core } = machine(loop);
  while (core.retired < 1000) expect(core.run(core.retired + 1)).toEqual({ kind: 'limit' });
  expect(core.get(5)).toBe(500);
});
