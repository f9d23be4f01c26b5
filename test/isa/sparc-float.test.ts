/** Floating point of both versions; what the operations compute is tested where the float module is. */
import { describe, expect, test } from 'vitest';
import type { Values } from '#suture/isa/pattern.js';
import { Flag } from '#suture/isa/float/index.js';
import { O0 } from '#suture/isa/sparc/abi.js';
import { SparcCore } from '#suture/isa/sparc/execute.js';
import { SparcV9Core } from '#suture/isa/sparc/execute-v9.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';
import { placeWords, v8, v9 } from '../support/sparc.js';

const TEXT = 0x10000;
const DATA = 0x20000;
const READ_ONLY = 0x21000;
const PLENTY = 1000;
const UNIMP = 0;
const RECORD = 1;
const X = O0;
const EXACT = 0;

const bitsOf = (value: number): bigint => new BigUint64Array(Float64Array.of(value).buffer)[0]!;
const wordOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;

const versions = [
  ['V8', SparcCore, v8],
  ['V9', SparcV9Core, v9],
] as const;

describe.each(versions)('%s', (version, Core, op) => {
  type Hart = InstanceType<typeof Core>;

  function machine(words: readonly number[], registers: Record<number, number> = {}) {
    const memory = new Memory(true);
    memory.map(TEXT, TEXT + 0x1000, READ | WRITE | EXECUTE, 'text');
    memory.map(DATA, DATA + 0x1000, READ | WRITE, 'data');
    memory.map(READ_ONLY, READ_ONLY + 0x1000, READ, 'constants');
    placeWords(memory, TEXT, [...words, UNIMP]);
    const core: Hart = new Core(memory);
    core.pc = TEXT;
    for (const [register, value] of Object.entries(registers)) core.set(Number(register), value);
    return { memory, core };
  }

  function runToEnd(core: Hart): Hart {
    expect(core.run(PLENTY)).toMatchObject({ kind: 'illegal', word: UNIMP });
    return core;
  }

  /** One operation with operands f0 and f2 and result f4, whatever of them it has, as singles or doubles. */
  function operation(name: string): number {
    const all: Values = { fd: 4, dd: 4, fs1: 0, ds1: 0, fs2: 2, ds2: 2 };
    const needed = Object.entries(all).filter(([field]) => accepts(name, field));
    return op(name, Object.fromEntries(needed));
  }

  function accepts(name: string, field: string): boolean {
    // Encoding ignores fields that a row does not have; which it has shows in the word.
    return op(name, { [field]: 2 }) !== op(name);
  }

  /** Operands and result as bits of the registers f0, f2 and f4, 64 of them. */
  function compute(name: string, a: bigint, b: bigint, fsr = 0) {
    const { core } = machine([operation(name)]);
    core.floats.bits[0] = a;
    core.floats.bits[1] = b;
    core.fsr = fsr;
    runToEnd(core);
    return { z: core.floats.bits[2]!, single: core.floats.words[5]!, fsr: core.fsr };
  }

  const single = (value: number): bigint => BigInt(wordOf(value) >>> 0) << 32n;
  const cexc = (fsr: number): number => fsr & 31;
  const aexc = (fsr: number): number => (fsr >> 5) & 31;
  const NV = 16;
  const OF = 8;
  const UF = 4;
  const DZ = 2;
  const NX = 1;

  test('a double is an even register and the next, and both halves are singles', () => {
    const { memory, core } = machine(
      [
        op('ldf', { fd: 6, rs1: X, simm13: 0 }),
        op('ldf', { fd: 7, rs1: X, simm13: 4 }),
        op('stdf', { dd: 6, rs1: X, simm13: 8 }),
        op('lddf', { dd: 30, rs1: X, simm13: 0 }),
        op('stf', { fd: 31, rs1: X, simm13: 16 }),
        op('stf', { fd: 30, rs1: X, rs2: 0 }),
      ],
      { [X]: DATA },
    );
    placeWords(memory, DATA, [0x3ff80000, 0x12345678]);
    runToEnd(core);
    expect([8, 12, 16, 0].map((offset) => memory.load32(DATA + offset))).toEqual([
      0x3ff80000, 0x12345678, 0x12345678, 0x3ff80000,
    ]);
    expect(core.floats.bits[3]).toBe(0x3ff8000012345678n);
    expect(core.floats.words[6 ^ 1]).toBe(0x3ff80000);
  });

  test.each([
    ['fadds', 1.5, -0.25, 1.25],
    ['fsubs', 1.5, -0.25, 1.75],
    ['fmuls', 1.5, -0.25, -0.375],
    ['fdivs', 1.5, -0.25, -6],
    ['fsqrts', 7, 2.25, 1.5],
    ['fmovs', 7, -2.25, -2.25],
    ['fnegs', 7, -2.25, 2.25],
    ['fabss', 7, -2.25, 2.25],
  ])('%s of %d and %d', (name, a, b, z) => {
    const result = compute(name, single(a), single(b), 0x3ff);
    expect(result.single).toBe(wordOf(z));
    // Nothing is added to the exceptions, and those of the operation before are gone.
    expect([cexc(result.fsr), aexc(result.fsr)]).toEqual([EXACT, 31]);
  });

  test.each([
    ['faddd', 1.5, -0.25, 1.25],
    ['fsubd', 1.5, -0.25, 1.75],
    ['fmuld', 1.5, -0.25, -0.375],
    ['fdivd', 1.5, -0.25, -6],
    ['fsqrtd', 7, 2.25, 1.5],
    ...(version === 'V8'
      ? []
      : ([
          ['fmovd', 7, -2.25, -2.25],
          ['fnegd', 7, -2.25, 2.25],
          ['fabsd', 7, -2.25, 2.25],
        ] as const)),
  ] as const)('%s of %d and %d', (name, a, b, z) => {
    const result = compute(name, bitsOf(a), bitsOf(b), 0x3ff);
    expect(result.z).toBe(bitsOf(z));
    expect([cexc(result.fsr), aexc(result.fsr)]).toEqual([EXACT, 31]);
  });

  test('fmovs, fnegs and fabss keep the bits of a NaN', () => {
    for (const [name, bits] of [
      ['fmovs', 0xff800001],
      ['fnegs', 0x7f800001],
      ['fabss', 0x7f800001],
    ] as const) {
      const result = compute(name, 0n, 0xff800001_00000000n);
      expect([result.single >>> 0, cexc(result.fsr)]).toEqual([bits, EXACT]);
    }
  });

  // A third, and what is nearest to it in the direction that RD says.
  test.each([
    ['nearest', 0, 0x3fd5555555555555n, 0x3fe5555555555555n],
    ['zero', 1, 0x3fd5555555555555n, 0x3fe5555555555555n],
    ['plus infinity', 2, 0x3fd5555555555556n, 0x3fe5555555555556n],
    ['minus infinity', 3, 0x3fd5555555555555n, 0x3fe5555555555555n],
  ])('rounds to %s', (_, rd, third, twoThirds) => {
    const fsr = rd << 30;
    expect(compute('fdivd', bitsOf(1), bitsOf(3), fsr).z).toBe(third);
    const down = compute('fdivd', bitsOf(-1), bitsOf(3), fsr).z;
    expect(down === (0xbfd5555555555556n as bigint)).toBe(rd === 3);
    const result = compute('fdivd', bitsOf(2), bitsOf(3), fsr);
    expect(result.z).toBe(rd === 0 ? 0x3fe5555555555555n : twoThirds);
    expect([cexc(result.fsr), aexc(result.fsr), result.fsr >>> 30]).toEqual([NX, NX, rd]);
  });

  const HUGE = bitsOf(Number.MAX_VALUE);
  const TINY = bitsOf(2 ** -1022);
  const exceptional: [name: string, a: bigint, b: bigint, exceptions: number][] = [
    ['fdivd', bitsOf(1), bitsOf(0), DZ],
    ['fdivd', bitsOf(0), bitsOf(0), NV],
    ['fdivd', bitsOf(1), bitsOf(3), NX],
    ['faddd', HUGE, HUGE, OF | NX],
    ['fmuld', TINY, bitsOf(1 / 3), UF | NX],
    // Tiny but exact: underflow only when it traps.
    ['fmuld', TINY, bitsOf(0.5), EXACT],
    ['fsqrtd', bitsOf(0), bitsOf(-1), NV],
    ['fadds', 0x7f800001_00000000n, single(1), NV],
    ['fdtoi', 0n, bitsOf(2 ** 31), NV],
    ['fdtoi', 0n, bitsOf(1.5), NX],
    ['fdtos', 0n, HUGE, OF | NX],
    ['fitos', 0n, 0x01000001_00000000n, NX],
  ];

  test.each(exceptional)(
    '%s of %i and %i leaves its exceptions in cexc and adds them to aexc',
    (name, a, b, raised) => {
      const { fsr } = compute(name, a, b, UF << 5);
      expect([cexc(fsr), aexc(fsr)]).toEqual([raised, raised | UF]);
    },
  );

  const flagOf: Record<number, Flag> = {
    [NV]: Flag.invalid,
    [OF]: Flag.overflow,
    [UF]: Flag.underflow,
    [DZ]: Flag.divideByZero,
    [NX]: Flag.inexact,
  };

  function trapping(name: string, a: bigint, b: bigint, tem: number) {
    const { core } = machine([op('ba', { disp22: 5 }), operation(name)]);
    core.floats.bits.set([a, b, 0x1234n]);
    core.fsr = ((tem << 23) | (3 << 10) | (UF << 5) | NX) >>> 0;
    return core;
  }

  test.each(exceptional.filter(([, , , raised]) => raised !== EXACT))(
    '%s of %i and %i traps when its exception is enabled, and changes only FSR',
    (name, a, b, raised) => {
      const [first] = [NV, DZ, OF, UF, NX].filter((bit) => (raised & bit) !== 0);
      const core = trapping(name, a, b, first!);
      expect(core.run(PLENTY)).toEqual({ kind: 'float-exception', pc: TEXT + 4, flags: flagOf[first!] });
      expect([core.pc, core.nPc, core.retired]).toEqual([TEXT + 4, TEXT + 20, 1]);
      expect(core.floats.bits[2]).toBe(0x1234n);
      // aexc and fcc0 as before, in cexc the one that trapped, and trap type IEEE_754_exception.
      expect(core.fsr).toBe(((first! << 23) | (1 << 14) | (3 << 10) | (UF << 5) | first!) >>> 0);
    },
  );

  test.each(exceptional)(
    '%s of %i and %i does not trap when only others are enabled',
    (name, a, b, raised) => {
      const tem = 31 & ~raised & ~(name === 'fmuld' ? UF : 0);
      const core = trapping(name, a, b, tem);
      expect(core.run(2)).toEqual({ kind: 'limit' });
      expect([cexc(core.fsr), aexc(core.fsr)]).toEqual([raised, raised | UF]);
    },
  );

  test('with overflow masked and inexact enabled, overflow traps as inexact', () => {
    const core = trapping('faddd', HUGE, HUGE, NX);
    expect(core.run(PLENTY)).toMatchObject({ kind: 'float-exception', flags: Flag.inexact });
    expect(cexc(core.fsr)).toBe(NX);
  });

  test.each([
    ['fmuld', TINY, bitsOf(0.5)],
    ['fmuls', single(2 ** -126), single(0.5)],
    ['fdtos', 0n, bitsOf(2 ** -140)],
  ])('enabled underflow traps on a tiny result of %s although it is exact', (name, a, b) => {
    const core = trapping(name, a, b, UF);
    expect(core.run(PLENTY)).toMatchObject({ kind: 'float-exception', flags: Flag.underflow });
    expect(compute(name, a, b).fsr).toBe(0);
  });

  test('a comparison that traps leaves its condition code', () => {
    const { core } = machine([op('fcmpes', { fs1: 0, fs2: 2 })]);
    core.floats.words[1] = 0x7fc00000;
    core.fsr = ((NV << 23) | (1 << 10)) >>> 0;
    expect(core.run(PLENTY)).toMatchObject({ kind: 'float-exception', flags: Flag.invalid });
    expect((core.fsr >> 10) & 3).toBe(1);
  });

  const QUIET = 0x7ff8000000000000n;
  const SIGNALING = 0x7ff0000000000001n;
  test.each([
    [bitsOf(1), bitsOf(1), 0, EXACT, EXACT],
    [bitsOf(-0), bitsOf(0), 0, EXACT, EXACT],
    [bitsOf(-1), bitsOf(1), 1, EXACT, EXACT],
    [bitsOf(2), bitsOf(1), 2, EXACT, EXACT],
    [bitsOf(2), QUIET, 3, EXACT, NV],
    [SIGNALING, bitsOf(2), 3, NV, NV],
  ])('comparing %i with %i', (a, b, fcc, plain, signaling) => {
    for (const [name, raised] of [
      ['fcmpd', plain],
      ['fcmped', signaling],
    ] as const) {
      const { core } = machine([op(name, { ds1: 0, ds2: 2 })]);
      core.floats.bits.set([a, b]);
      core.fsr = 0xf << 10;
      runToEnd(core);
      expect([(core.fsr >> 10) & 3, cexc(core.fsr)]).toEqual([fcc, raised]);
    }
  });

  test('fcmps compares singles', () => {
    const { core } = machine([op('fcmps', { fs1: 1, fs2: 2 })]);
    core.floats.singles[0] = -3;
    core.floats.singles[3] = 4;
    expect((runToEnd(core).fsr >> 10) & 3).toBe(1);
  });

  // By the manual's words: equal, less, greater, unordered.
  const conditions: [string, number[]][] = [
    ['n', []],
    ['ne', [1, 2, 3]],
    ['lg', [1, 2]],
    ['ul', [3, 1]],
    ['l', [1]],
    ['ug', [3, 2]],
    ['g', [2]],
    ['u', [3]],
    ['a', [0, 1, 2, 3]],
    ['e', [0]],
    ['ue', [3, 0]],
    ['ge', [2, 0]],
    ['uge', [3, 2, 0]],
    ['le', [1, 0]],
    ['ule', [3, 1, 0]],
    ['o', [0, 1, 2]],
  ];
  const mark = (bit: number): number => op('or', { rd: RECORD, rs1: RECORD, simm13: bit });

  test.each(conditions)('fb%s', (name, taken) => {
    for (const fcc of [0, 1, 2, 3]) {
      for (const a of [0, 1]) {
        const { core } = machine([op(`fb${name}`, { a, disp22: 3 }), mark(1), mark(2), mark(4)]);
        core.fsr = fcc << 10;
        runToEnd(core);
        const takes = taken.includes(fcc);
        // The delay slot of an annulled branch executes only if the branch is taken on a condition.
        const slot = a === 0 || (takes && name !== 'a');
        expect(core.get(RECORD)).toBe((slot ? 1 : 0) | (takes ? 0 : 2) | 4);
      }
    }
  });

  test.each([
    ['fitos', 0xfffffffd_00000000n, single(-3) >> 32n],
    ['fstoi', single(-3.9), 0xfffffffdn],
    ['fstoi', single(2 ** 31), 0x7fffffffn],
    ['fstoi', single(-(2 ** 31)), 0x80000000n],
    ['fstoi', 0x7fc00000_00000000n, 0x7fffffffn],
    // A negative NaN is a negative number too large, says the manual.
    ['fstoi', 0xffc00000_00000000n, 0x80000000n],
    ['fdtoi', bitsOf(-2147483648.9), 0x80000000n],
    ['fdtos', bitsOf(0.1), BigInt(wordOf(0.1))],
  ])('%s of %i', (name, from, to) => {
    expect(BigInt(compute(name, 0n, from).single >>> 0)).toBe(to);
  });

  test.each([
    ['fitod', 0xfffffffd_00000000n, bitsOf(-3)],
    ['fstod', single(0.1), bitsOf(Math.fround(0.1))],
  ])('%s of %i', (name, from, to) => {
    expect(compute(name, 0n, from).z).toBe(to);
  });

  test('fsmuld multiplies without rounding', () => {
    const [a, b] = [Math.fround(1.1), Math.fround(-3e30)];
    const { z, fsr } = compute('fsmuld', single(a), single(b));
    expect([z, fsr]).toEqual([bitsOf(a * b), 0]);
    expect(compute('fsmuld', single(0), single(Infinity))).toMatchObject({ z: 0x7fffffffffffffffn });
  });

  const single32 = (bits: number): bigint => BigInt(bits) << 32n;
  const [Q1, Q2, S1, S2] = [0x7fc00010, 0xffc00020, 0x7f800001, 0xff800002].map(single32) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const quieted = (nan: bigint): bigint => nan | single32(0x00400000);
  // The table of the manuals: a signaling NaN before a quiet one, the second operand's before the first's.
  test.each([
    [Q1, single(1), Q1, EXACT],
    [single(1), Q2, Q2, EXACT],
    [Q1, Q2, Q2, EXACT],
    [Q1, S2, quieted(S2), NV],
    [S1, Q2, quieted(S1), NV],
    [S1, S2, quieted(S2), NV],
  ])('of %i and %i the NaN is %i', (a, b, expected, raised) => {
    for (const name of ['fadds', 'fmuls', 'fdivs']) {
      const { single: z, fsr } = compute(name, a, b);
      expect([BigInt(z >>> 0) << 32n, cexc(fsr)]).toEqual([expected, raised]);
    }
    const { z, fsr } = compute('fsmuld', a, b);
    const sign = expected & (1n << 63n);
    const widened = sign | 0x7ff0000000000000n | (((expected >> 32n) & 0x7fffffn) << 29n);
    expect([z, cexc(fsr)]).toEqual([widened, raised]);
  });

  test('ldfsr and stfsr: version, trap type and nonstandard mode are not written', () => {
    const { memory, core } = machine(
      [op('ldfsr', { rs1: X, simm13: 0 }), op('stfsr', { rs1: X, simm13: 4 })],
      { [X]: DATA },
    );
    placeWords(memory, DATA, [-1]);
    runToEnd(core);
    expect(memory.load32(DATA + 4) >>> 0).toBe(0xcf800fff);
    expect(core.fsr).toBe(0xcf800fff);
  });

  test('storing FSR clears the trap type', () => {
    const { memory, core } = machine(
      [operation('fdivd'), op('stfsr', { rs1: X, simm13: 4 }), op('stfsr', { rs1: X, simm13: 8 })],
      { [X]: DATA },
    );
    core.floats.doubles[0] = 1;
    core.fsr = DZ << 23;
    expect(core.run(PLENTY).kind).toBe('float-exception');
    core.pc = TEXT + 4;
    runToEnd(core);
    expect([4, 8].map((offset) => (memory.load32(DATA + offset) >> 14) & 7)).toEqual([1, 0]);
  });

  const misaligned = { kind: 'memory', cause: 'misaligned' };
  test.each([
    ['ldf', DATA + 2, misaligned],
    ['stf', DATA + 2, misaligned],
    ['lddf', DATA + 2, misaligned],
    ['stdf', DATA + 2, misaligned],
    ['ldfsr', DATA + 2, misaligned],
    ['stf', READ_ONLY, { kind: 'memory', cause: 'protected' }],
    ['stdf', READ_ONLY, { kind: 'memory', cause: 'protected' }],
    // The second word lies on the page that may not be written.
    ['stdf', READ_ONLY - 4, version === 'V8' ? misaligned : { kind: 'memory', cause: 'protected' }],
    ['lddf', READ_ONLY + 0xffc, version === 'V8' ? misaligned : { kind: 'memory', cause: 'unmapped' }],
  ])('%s at %i traps and changes nothing', (name, address, stop) => {
    const { memory, core } = machine([op(name, { rs1: X })], { [X]: address });
    core.floats.words.fill(0x55);
    core.fsr = 0x3ff;
    const before = { state: core.state(), memory: memory.fork() };
    expect(core.run(PLENTY)).toMatchObject(stop);
    expect(core.state()).toEqual(before.state);
    expect(memory.differingPages(before.memory)).toEqual([]);
  });

  test('registers and FSR are state, forks have their own', () => {
    const { memory, core } = machine([]);
    const before = core.state();
    core.floats.words[3] = 7;
    const after = core.state();
    expect(after).not.toEqual(before);
    core.fsr = 1 << 30;
    expect(core.state()).not.toEqual(after);
    const fork = core.fork(memory.fork());
    expect(fork.state()).toEqual(core.state());
    fork.floats.words[3] = 8;
    fork.fsr = 0;
    expect([core.floats.words[3], core.fsr]).toEqual([7, 1 << 30]);
  });

  test('registers are shown once they are used', () => {
    const { core } = machine([]);
    const shown = (): string[] => core.registers().map(({ name }) => name);
    expect(shown()).not.toContain('f0');
    core.floats.words[3] = 7;
    expect(shown()).toContain('f0');
    expect(core.registers().find(({ name }) => name === 'f2')?.value).toBe(7n);
  });
});

test('on V9 a double at half its alignment is read and written, as the kernel does for the hardware', () => {
  const memory = new Memory(true);
  memory.map(TEXT, TEXT + 0x1000, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA + 0x2000, READ | WRITE, 'data');
  placeWords(memory, TEXT, [
    v9('lddf', { dd: 62, rs1: X, simm13: 4 }),
    v9('stdf', { dd: 62, rs1: X, simm13: -4 }),
    UNIMP,
  ]);
  placeWords(memory, DATA + 0x1004, [0x3ff00000, 5]);
  const core = new SparcV9Core(memory);
  core.pc = TEXT;
  core.set(X, DATA + 0x1000);
  expect(core.run(PLENTY).kind).toBe('illegal');
  expect([0xffc, 0x1000].map((offset) => memory.load32(DATA + offset))).toEqual([0x3ff00000, 5]);
  expect(core.floats.bits[31]).toBe(0x3ff0000000000005n);
});
