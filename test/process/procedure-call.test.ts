/** Calls of a program's procedures from outside leave no trace but what they write. */
import { describe, expect, test } from 'vitest';
import { EmulatedTarget, type CallOutcome } from '#suture/target/index.js';
import { SeededNumbers } from '#suture/process/random.js';
import { Process } from '#suture/process/process.js';
import { Collected, imageOf, ISAS, start, tellerName, workloadName } from '../support/programs.js';

const STACK = { start: 0x2000000, end: 0x2008000 };
const LIMIT = 1_000_000;
/** Writes the page where they are to standard output, again and again. */
const WRITES_FOREVER = {
  // lui a2, 1; lui a1, 0x3000; li a0, 1; li a7, 64; ecall; j back to the li a0
  riscv: [0x00001637, 0x030005b7, 0x00100513, 0x04000893, 0x00000073, 0xff5ff06f],
  // mov 1, %o0; sethi %hi(0x3000000), %o1; sethi %hi(0x1000), %o2; mov 4, %g1; ta 0x10; ba back; nop
  sparc: [0x90102001, 0x1300c000, 0x15000004, 0x82102004, 0x91d02010, 0x10bffffb, 0x01000000],
};

/** Calls a procedure by its name, on a stack reserved for the call alone. */
function call(process: Process, name: string, args: number[] = [], limit = LIMIT): CallOutcome {
  const target = new EmulatedTarget(process);
  const address = process.image.symbols.find((symbol) => symbol.name === name)?.address;
  if (address === undefined) throw new Error(`${process.name} has no ${name}`);
  target.reserve(STACK.start, STACK.start + 4096, 0, 'guard');
  target.reserve(STACK.start + 4096, STACK.end, 6, 'stack');
  try {
    return target.call({ address, args, stack: STACK, limit });
  } finally {
    target.release(STACK.start, STACK.end);
  }
}

function undo(process: Process, { written }: CallOutcome): void {
  for (const { address, before } of written) process.memory.write(address, before);
}

describe.each(ISAS)('on %s', (isa) => {
  test('a call deeper than the window file leaves threads and memory as they were, wherever they stand', () => {
    const process = Process.load(imageOf(workloadName('recursion', isa)), { args: ['recursion', '1'] });
    const numbers = new SeededNumbers(7);
    for (let i = 0; i < 20; i++) {
      process.run(process.instructions + 1 + (numbers.next() % 5000));
      const before = process.digest();
      const { end, instructions, written, output } = call(process, 'ackermann', [2, 3]);
      expect({ end, written, output }).toEqual({
        end: { kind: 'returned', value: 9 },
        written: [],
        output: [],
      });
      expect(instructions).toBeGreaterThan(100);
      expect(process.digest(), `at ${process.instructions}`).toBe(before);
    }
  });

  test('what a call writes is told word by word, and can be put back', () => {
    const process = start(imageOf(tellerName(isa)), '');
    process.run(700);
    const before = process.digest();
    const outcome = call(process, 'deposit', [
      process.image.symbols.find((s) => s.name === 'accounts')!.address,
      250,
    ]);
    expect(outcome.end.kind).toBe('returned');
    expect(outcome.written.length).toBeGreaterThan(0);
    expect(outcome.written.reduce((sum, { before: bytes }) => sum + bytes.length, 0)).toBeLessThan(100);
    expect(process.digest()).not.toBe(before);
    undo(process, outcome);
    expect(process.digest()).toBe(before);
  });

  test('output is handed over; other system calls, faults and loops end the call', () => {
    const output = new Collected();
    const process = start(imageOf(tellerName(isa)), 'accounts\n', output);
    process.run(700);
    const before = process.digest();
    const shown = output.text;
    const printed = call(process, 'list_accounts');
    const flushed = call(process, 'print_flush');
    expect(
      Buffer.concat([...printed.output, ...flushed.output].map(({ bytes }) => bytes)).toString(),
    ).toContain('Joost');
    expect(output.text, 'nothing of it is out yet').toBe(shown);
    const ends = [
      call(process, 'exit', [3]),
      call(process, 'read_line', [process.image.symbols.find((s) => s.name === 'accounts')!.address, 8]),
      call(process, 'strlen', [4]),
      call(process, 'memset', [STACK.start, 0, 4]),
      call(process, 'list_accounts', [], 50),
    ];
    expect(ends.map(({ end }) => (end.kind === 'system-call' ? end.name : end.kind))).toEqual([
      'exit_group',
      'read',
      'trap',
      'trap',
      'limit',
    ]);
    for (const outcome of [...ends.toReversed(), flushed, printed]) undo(process, outcome);
    expect(process.digest()).toBe(before);
  });

  test('output without end is cut off', () => {
    const process = start(imageOf(tellerName(isa)), '');
    const target = new EmulatedTarget(process);
    const code = 0x3000000;
    target.reserve(code, code + 4096, 6, 'code');
    const words = WRITES_FOREVER[isa === 'sparc' ? 'sparc' : 'riscv'];
    const bytes = new Uint8Array(4 * words.length);
    const view = new DataView(bytes.buffer);
    for (const [i, word] of words.entries()) view.setUint32(4 * i, word, isa !== 'sparc');
    target.write(code, bytes);
    target.protect(code, code + 4096, 5);
    target.synchronize(code, code + 4096);
    target.reserve(STACK.start, STACK.start + 4096, 0, 'guard');
    target.reserve(STACK.start + 4096, STACK.end, 6, 'stack');
    const { end, output } = target.call({ address: code, args: [], stack: STACK, limit: LIMIT });
    expect(end).toMatchObject({ kind: 'system-call', name: 'write' });
    expect(output.reduce((sum, { bytes: some }) => sum + some.length, 0)).toBe(1 << 20);
  });
});
