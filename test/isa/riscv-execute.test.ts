import { describe, expect, test } from 'vitest';
import { assemble, DATA, machine, result, TEXT } from '../support/riscv.js';

const li = (rd: number, value: number): [string, Record<string, number>][] => [
  ['lui', { rd, imm: (value + 0x800) & 0xfffff000 }],
  ['addi', { rd, rs1: rd, imm: (value << 20) >> 20 }],
];

const MIN = -0x80000000;

describe('arithmetic at its edges', () => {
  test.each([
    ['div', MIN, -1, MIN],
    ['div', 7, 0, -1],
    ['div', -7, 2, -3],
    ['rem', MIN, -1, 0],
    ['rem', -7, 0, -7],
    ['rem', -7, 2, -1],
    ['divu', -1, 2, 0x7fffffff],
    ['divu', 5, 0, -1],
    ['remu', -1, 16, 15],
    ['remu', 5, 0, 5],
    ['mul', 0x12345678, 0x7654321, Math.imul(0x12345678, 0x7654321)],
    ['mulh', MIN, MIN, 0x40000000],
    ['mulh', -1, -1, 0],
    ['mulhu', -1, -1, -2],
    ['mulhsu', -1, -1, -1],
    ['sll', 1, 33, 2],
    ['sra', MIN, 31, -1],
    ['srl', MIN, 31, 1],
    ['slt', MIN, 1, 1],
    ['sltu', MIN, 1, 0],
  ])('%s %i, %i', (name, a, b, expected) => {
    expect(result([...li(5, a), ...li(6, b), [name, { rd: 7, rs1: 5, rs2: 6 }]], 7)).toBe(expected);
  });

  test('the high half of products agrees with BigInt', () => {
    const values = [0, 1, -1, MIN, 0x7fffffff, 0x12345678, -0x12345678, 0xffff, 0x10000];
    for (const a of values) {
      for (const b of values) {
        const high = (x: bigint, y: bigint): number => Number(BigInt.asIntN(32, (x * y) >> 32n));
        const run = (name: string): number =>
          result([...li(5, a), ...li(6, b), [name, { rd: 7, rs1: 5, rs2: 6 }]], 7);
        expect(run('mulh'), `mulh ${a} ${b}`).toBe(high(BigInt(a), BigInt(b)));
        expect(run('mulhu'), `mulhu ${a} ${b}`).toBe(high(BigInt(a >>> 0), BigInt(b >>> 0)));
        expect(run('mulhsu'), `mulhsu ${a} ${b}`).toBe(high(BigInt(a), BigInt(b >>> 0)));
      }
    }
  });
});

test('x0 stays zero whatever is written to it', () => {
  expect(
    result(
      [
        ['addi', { rd: 0, rs1: 0, imm: 7 }],
        ['add', { rd: 5, rs1: 0, rs2: 0 }],
      ],
      5,
    ),
  ).toBe(0);
});

test('a misaligned word is loaded and stored byte by byte, also across pages', () => {
  const { core, memory } = machine([
    ...li(5, DATA + 0xffd),
    ['lw', { rd: 6, rs1: 5 }],
    ...li(5, DATA + 2),
    ['sw', { rs1: 5, rs2: 6, imm: 1 }],
  ]);
  memory.map(DATA + 0x1000, DATA + 0x2000, 6, 'more');
  memory.write(DATA + 0xffd, Uint8Array.of(1, 2, 3, 4));
  expect(core.run(6).kind).toBe('limit');
  expect(core.get(6)).toBe(0x04030201);
  expect([...memory.read(DATA + 3, 4)]).toEqual([1, 2, 3, 4]);
});

test('a misaligned store that faults has written nothing', () => {
  const { core, memory } = machine([...li(5, DATA + 0xffe), ['sw', { rs1: 5, rs2: 5 }]]);
  expect(core.run(3)).toEqual({
    kind: 'memory',
    pc: TEXT + 8,
    access: 'write',
    address: DATA + 0x1000,
    cause: 'unmapped',
  });
  expect([...memory.read(DATA + 0xffe, 2)]).toEqual([0, 0]);
  expect(core.retired).toBe(2);
});

test('a store-conditional succeeds once after a load-reserved', () => {
  const { core } = machine([
    ...li(5, DATA),
    ['lr.w', { rd: 6, rs1: 5 }],
    ['sc.w', { rd: 7, rs1: 5, rs2: 5 }],
    ['sc.w', { rd: 8, rs1: 5, rs2: 5 }],
  ]);
  core.run(5);
  expect([core.get(7), core.get(8)]).toEqual([0, 1]);
});

test.each([
  ['amoadd.w', 5, -7, -2],
  ['amoswap.w', 5, -7, -7],
  ['amoand.w', 12, 10, 8],
  ['amoor.w', 12, 10, 14],
  ['amoxor.w', 12, 10, 6],
  ['amomin.w', -1, 1, -1],
  ['amomax.w', -1, 1, 1],
  ['amominu.w', -1, 1, 1],
  ['amomaxu.w', -1, 1, -1],
])('%s %i with %i', (name, old, value, left) => {
  const { core, memory } = machine([...li(5, DATA), ...li(6, value), [name, { rd: 7, rs1: 5, rs2: 6 }]]);
  memory.store32(DATA, old);
  core.run(5);
  expect([core.get(7), memory.load32(DATA)]).toEqual([old, left]);
});

describe('the instruction cache is strict', () => {
  const nop: [string, Record<string, number>] = ['addi', { rd: 0, rs1: 0, imm: 0 }];

  test('a fetched instruction stays what it was until fence.i', () => {
    const { core, memory } = machine([['addi', { rd: 5, rs1: 5, imm: 1 }], ['fence.i'], nop]);
    core.run(1);
    memory.write(TEXT, assemble([['addi', { rd: 5, rs1: 5, imm: 100 }]]), true);
    core.pc = TEXT;
    core.run(2);
    expect(core.get(5)).toBe(2);
    core.run(3);
    core.pc = TEXT;
    core.run(4);
    expect(core.get(5)).toBe(102);
  });

  test('an instruction not yet fetched is seen as written', () => {
    const { core, memory } = machine([nop, nop]);
    core.run(1);
    memory.write(TEXT + 4, assemble([['addi', { rd: 5, rs1: 0, imm: 9 }]]), true);
    core.run(2);
    expect(core.get(5)).toBe(9);
  });

  test('synchronizing a range leaves the rest as fetched', () => {
    const { core, memory } = machine([nop, nop]);
    core.run(2);
    memory.write(
      TEXT,
      assemble([
        ['addi', { rd: 5, rs1: 0, imm: 9 }],
        ['addi', { rd: 6, rs1: 0, imm: 9 }],
      ]),
      true,
    );
    core.synchronize(TEXT, TEXT + 4);
    core.pc = TEXT;
    core.run(4);
    expect([core.get(5), core.get(6)]).toEqual([9, 0]);
  });

  test.each(['fork', 'original'])(
    'what one fetches after a fork is not fetched by the other (%s first)',
    (first) => {
      const { core, memory } = machine([nop, nop]);
      core.run(1);
      const twinMemory = memory.fork();
      const twin = core.fork(twinMemory);
      const nine = assemble([['addi', { rd: 5, rs1: 0, imm: 9 }]]);
      const [earlier, later, laterMemory] =
        first === 'fork' ? [twin, core, memory] : [core, twin, twinMemory];
      earlier.run(2);
      laterMemory.write(TEXT + 4, nine, true);
      later.run(2);
      expect([earlier.get(5), later.get(5)]).toEqual([0, 9]);
    },
  );

  test('taking the execute permission away stops a loop that is fetched already', () => {
    const { core, memory } = machine([['jal', { rd: 0, imm: 0 }]]);
    core.run(10);
    memory.protect(TEXT, TEXT + 0x1000, 6);
    core.mappingsChanged();
    expect(core.run(20)).toMatchObject({ kind: 'memory', access: 'fetch', cause: 'protected' });
  });
});

describe('breakpoints', () => {
  test('stop before the instruction, step over it, and leave no trace', () => {
    const { core } = machine([
      ['addi', { rd: 5, rs1: 5, imm: 1 }],
      ['jal', { rd: 0, imm: -4 }],
    ]);
    core.setBreakpoint(TEXT + 4);
    expect(core.run(100)).toEqual({ kind: 'breakpoint', pc: TEXT + 4 });
    expect(core.retired).toBe(1);
    expect(core.run(100)).toEqual({ kind: 'breakpoint', pc: TEXT + 4 });
    expect(core.retired).toBe(3);
    core.clearBreakpoint(TEXT + 4);
    expect(core.run(100)).toEqual({ kind: 'limit' });
    expect(core.get(5)).toBe(50);
  });

  test('do not make a stale instruction fresh', () => {
    const { core, memory } = machine([['addi', { rd: 5, rs1: 0, imm: 1 }]]);
    core.run(1);
    memory.write(TEXT, assemble([['addi', { rd: 5, rs1: 0, imm: 2 }]]), true);
    core.setBreakpoint(TEXT);
    core.clearBreakpoint(TEXT);
    core.pc = TEXT;
    core.run(2);
    expect(core.get(5)).toBe(1);
  });
});

test.each([
  ['illegal', Uint8Array.of(0, 0), { kind: 'illegal', word: 0 }],
  ['ecall', assemble([['ecall']]), { kind: 'syscall' }],
  ['ebreak', assemble([['c.ebreak']]), { kind: 'break' }],
])('%s is reported with pc where it is and has not retired', (_name, bytes, expected) => {
  const { core, memory } = machine([]);
  memory.write(TEXT, bytes, true);
  expect(core.run(5)).toMatchObject({ ...expected, pc: TEXT });
  expect([core.pc, core.retired]).toEqual([TEXT, 0]);
});
