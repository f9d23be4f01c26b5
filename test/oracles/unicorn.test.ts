/** The native engine does what the interpreter does. Needs Debian's libunicorn2. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CachingCore } from '#suture/isa/caching-core.js';
import { Observer, type ObservedAccess } from '#suture/isa/observer.js';
import { createCore, createLockstep, EngineUnavailable } from '#suture/machine/engine.js';
import { Divergence, Lockstep, type Disagreement } from '#suture/machine/lockstep.js';
import { Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { EngineFailure, Helper } from '#suture/machine/unicorn/helper.js';
import { Tell } from '#suture/machine/unicorn/messages.js';
import type { ProcessOptions } from '#suture/process/options.js';
import { UnicornExecutor } from '#suture/machine/unicorn/executor.js';
import { played } from '../support/concert.js';
import {
  assemble,
  DATA,
  machineOf,
  NOWHERE,
  READ_ONLY,
  riscv32,
  riscv64,
  situation,
  sparc,
  TEXT,
  type Instruction,
  type Setup,
} from '../support/machines.js';
import {
  Collected,
  faultsName,
  imageOf,
  pathOf,
  PLENTY,
  sessionOf,
  start,
  tellerName,
  workloadName,
} from '../support/programs.js';

type Case = [
  name: string,
  program: (Instruction | number[])[],
  registers?: Record<number, number> | undefined,
  at?: number,
];

const T0 = 5;
const T1 = 6;
/** Where one block of pages that the library gets ends and the next begins. */
const BETWEEN_BLOCKS = 0x80000;
const COUNT: Instruction = ['addi', { rd: T0, rs1: T0, imm: 1 }];
const LAST = TEXT + PAGE_SIZE * 2;

const riscvCases: Case[] = [
  ['a system call', [COUNT, ['ecall']]],
  ['a breakpoint', [COUNT, ['ebreak']]],
  ['a short breakpoint', [COUNT, ['c.ebreak']]],
  ['zeros', [COUNT, [0, 0]]],
  ['ones', [COUNT, [255, 255, 255, 255]]],
  ['a privileged instruction', [COUNT, [0x73, 0x00, 0x20, 0x30]]],
  ['wait for interrupt', [COUNT, [0x73, 0x00, 0x50, 0x10]]],
  ['a load from nowhere', [COUNT, ['lw', { rd: T1, rs1: T1, imm: 4 }]], { [T1]: NOWHERE }],
  ['a store to constants', [COUNT, ['sw', { rs1: T1, rs2: T0, imm: 4 }]], { [T1]: READ_ONLY }],
  ['a store to nowhere', [COUNT, ['sb', { rs1: T1, rs2: T0, imm: 4 }]], { [T1]: NOWHERE }],
  ['a misaligned load', [COUNT, ['lw', { rd: T1, rs1: T1, imm: 1 }], ['ecall']], { [T1]: TEXT }],
  [
    'a misaligned store',
    [COUNT, ['sw', { rs1: T1, rs2: T1, imm: 1 }], ['ecall']],
    { [T1]: DATA + PAGE_SIZE - 4 },
  ],
  [
    'a store of which half faults',
    [COUNT, ['sw', { rs1: T1, rs2: T1, imm: -3 }], ['sw', { rs1: T1, rs2: T1, imm: 8190 }]].slice(
      0,
      2,
    ) as Instruction[],
    { [T1]: DATA + 2 * PAGE_SIZE },
  ],
  [
    'a store of which half faults, behind one to the same place',
    [
      ['sw', { rs1: T1, rs2: T0, imm: -4 }],
      ['sw', { rs1: T1, rs2: T1, imm: -3 }],
    ],
    { [T1]: DATA + 2 * PAGE_SIZE, [T0]: 0x01020304 },
  ],
  ['a misaligned atomic', [COUNT, ['amoadd.w', { rd: T0, rs1: T1, rs2: T1 }]], { [T1]: DATA + 2 }],
  ['an atomic on constants', [COUNT, ['amoadd.w', { rd: T0, rs1: T1, rs2: T1 }]], { [T1]: READ_ONLY }],
  ['a jump to nowhere', [COUNT, ['jalr', { rd: T0, rs1: T1, imm: 0 }]], { [T1]: NOWHERE }],
  ['a jump to data', [COUNT, ['jalr', { rd: T0, rs1: T1, imm: 0 }]], { [T1]: DATA }],
  ['the end of the text', [COUNT, COUNT], {}, LAST - 8],
  [
    'half an instruction at the end of the text',
    [COUNT, ['c.addi', { rd: T0, imm: 1 }], [0x13, 0]],
    {},
    LAST - 8,
  ],
  [
    'half an instruction at the end of a page',
    [['c.addi', { rd: T0, imm: 1 }], COUNT, ['ecall']],
    {},
    TEXT + PAGE_SIZE - 4,
  ],
  [
    'an instruction in two blocks of pages',
    [['c.addi', { rd: T0, imm: 1 }], COUNT, COUNT, ['ecall']],
    {},
    BETWEEN_BLOCKS - 4,
  ],
  ['fence.i', [COUNT, ['fence.i'], COUNT, ['ecall']]],
  [
    'a reservation that lasts',
    [
      ['sw', { rs1: T1, rs2: T1, imm: 0 }],
      ['lr.w', { rd: T0, rs1: T1 }],
      COUNT,
      ['sc.w', { rd: T0, rs1: T1, rs2: T1 }],
      ['ecall'],
    ],
    { [T1]: DATA + 8 },
  ],
];

const G1 = 1;
const G2 = 2;
const COUNT_G1: Instruction = ['add', { rd: G1, rs1: G1, simm13: 1 }];
const SLOT_OF: Instruction = ['ba', { disp22: 3 }];
const SYSTEM_CALL: Instruction = ['ta', { imm7: 0x10 }];
const SAVE: Instruction = ['save', { rd: 14, rs1: 14, simm13: -96 }];
const RESTORE: Instruction = ['restore', { rd: 0, rs1: 0, simm13: 0 }];

const sparcTraps: Case[] = [
  ['a system call', [SYSTEM_CALL]],
  ['a breakpoint', [['ta', { imm7: 1 }]]],
  ['a software trap for division', [['ta', { imm7: 2 }]]],
  ['another software trap', [['ta', { imm7: 5 }]]],
  ['unimp', [['unimp', {}]]],
  ['ones', [[255, 255, 255, 255]]],
  ['a privileged instruction', [[0x93, 0x48, 0, 0]]],
  ['a load from nowhere', [['ld', { rd: G1, rs1: G2, simm13: 4 }]], { [G2]: NOWHERE }],
  ['a misaligned load', [['ld', { rd: G1, rs1: G2, simm13: 2 }]], { [G2]: DATA }],
  ['a misaligned doubleword', [['std', { rd: G2, rs1: G2, simm13: 4 }]], { [G2]: DATA }],
  ['a store to constants', [['st', { rd: G1, rs1: G2, simm13: 4 }]], { [G2]: READ_ONLY }],
  ['a swap with constants', [['swap', { rd: G1, rs1: G2, simm13: 4 }]], { [G2]: READ_ONLY }],
  ['a jump to nowhere', [['jmpl', { rd: G1, rs1: G2, simm13: 0 }], COUNT_G1], { [G2]: NOWHERE }],
  ['a jump to data', [['jmpl', { rd: G1, rs1: G2, simm13: 0 }], COUNT_G1], { [G2]: DATA }],
  ['a misaligned jump', [['jmpl', { rd: 0, rs1: G2, simm13: 2 }], COUNT_G1], { [G2]: TEXT }],
  ['a division by zero', [['udiv', { rd: G1, rs1: G1, simm13: 0 }]]],
  ['an overflow of tagged numbers', [['taddcctv', { rd: G1, rs1: G1, simm13: 1 }]]],
];
const sparcCases: Case[] = [
  ...sparcTraps.map(([name, program, registers]): Case => [name, [COUNT_G1, ...program], registers]),
  ...sparcTraps.map(([name, program, registers]): Case => [
    `${name} in a delay slot`,
    [COUNT_G1, SLOT_OF, ...program, COUNT_G1, COUNT_G1],
    registers,
  ]),
  ['the end of the text', [COUNT_G1, COUNT_G1], {}, LAST - 8],
  ['a delay slot behind the end of the text', [COUNT_G1, ['ba', { disp22: -1 }]], {}, LAST - 8],
  [
    'a delay slot in the next block of pages',
    [COUNT_G1, ['ba', { disp22: 3 }], COUNT_G1, [0, 0, 0, 0], SYSTEM_CALL],
    {},
    BETWEEN_BLOCKS - 8,
  ],
  [
    'a delay slot in the next page',
    [COUNT_G1, ['ba', { disp22: 3 }], COUNT_G1, [0, 0, 0, 0], SYSTEM_CALL],
    {},
    TEXT + PAGE_SIZE - 8,
  ],
  [
    'transfers in delay slots',
    [['ba', { disp22: 4 }], ['ba', { disp22: 5 }], COUNT_G1, COUNT_G1, COUNT_G1, [0, 0, 0, 0], SYSTEM_CALL],
  ],
  [
    'windows without end',
    [...Array.from({ length: 12 }, () => SAVE), ...Array.from({ length: 12 }, () => RESTORE), SYSTEM_CALL],
  ],
  ['a window that cannot be spilled', Array.from({ length: 12 }, () => SAVE), { 14: NOWHERE }],
  ['windows asked to be spilled', [SAVE, SAVE, ['ta', { imm7: 3 }], SYSTEM_CALL]],
];

const riscvFloatCases: Case[] = [
  [
    'floating point',
    [
      ['addi', { rd: T0, rs1: 0, imm: 7 }],
      ['fcvt.s.w', { fd: 1, rs1: T0, rm: 7 }],
      ['fadd.s', { fd: 1, fs1: 1, fs2: 1, rm: 7 }],
      ['fsd', { rs1: T1, fs2: 1, imm: 0 }],
      ['c.fld', { "fd'": 0, "rs1'": 0, uimm: 0 }],
      ['ecall'],
    ],
    { [T1]: DATA, 8: DATA },
  ],
  ['a rounding mode that does not exist', [['fadd.s', { fd: 1, fs1: 1, fs2: 1, rm: 5 }]]],
  [
    'counters',
    [['csrrs', { rd: T0, rs1: 0, csr: 0xc00 }], COUNT, ['csrrs', { rd: T1, rs1: 0, csr: 0xc02 }], ['ecall']],
  ],
  [
    'the control register',
    [['csrrwi', { rd: T0, zimm: 9, csr: 3 }], ['csrrs', { rd: T1, rs1: 0, csr: 2 }], ['ecall']],
  ],
];
const riscv64Cases: Case[] = [
  [
    'doublewords',
    [
      ['addi', { rd: T0, rs1: 0, imm: -5 }],
      ['sd', { rs1: T1, rs2: T0, imm: 8 }],
      ['lw', { rd: 7, rs1: T1, imm: 12 }],
      ['ecall'],
    ],
    { [T1]: DATA },
  ],
  [
    'a load beyond 32 bits',
    [COUNT, ['slli', { rd: T1, rs1: T0, shamt: 36 }], ['lw', { rd: T0, rs1: T1, imm: 4 }]],
  ],
  ['a load below 0', [COUNT, ['lw', { rd: T0, rs1: 0, imm: -4 }]]],
  [
    'a jump beyond 32 bits',
    [COUNT, ['slli', { rd: T1, rs1: T0, shamt: 36 }], ['jalr', { rd: T0, rs1: T1, imm: 4 }]],
  ],
  [
    'a reservation of a doubleword that lasts',
    [
      ['sd', { rs1: T1, rs2: T1, imm: 0 }],
      ['lr.d', { rd: T0, rs1: T1 }],
      COUNT,
      ['sc.d', { rd: T0, rs1: T1, rs2: T1 }],
      ['ecall'],
    ],
    { [T1]: DATA + 8 },
  ],
];
const sparcFloatCases: Case[] = [
  [
    'floating point in every rounding mode',
    [0, 1, 2, 3].flatMap((rounding): Instruction[] => [
      ['sethi', { rd: 3, imm22: rounding << 20 }],
      ['st', { rd: 3, rs1: G2, simm13: 0 }],
      ['ldfsr', { rs1: G2, simm13: 0 }],
      ['add', { rd: G1, rs1: G1, simm13: 10 }],
      ['st', { rd: G1, rs1: G2, simm13: 4 }],
      ['ldf', { fd: 2, rs1: G2, simm13: 4 }],
      ['ldf', { fd: 3, rs1: G2, simm13: 8 }],
      ['fitos', { fd: 4, fs2: 2 }],
      ['fitos', { fd: 5, fs2: 3 }],
      ['fdivs', { fd: 4, fs1: 4, fs2: 5 }],
      ['fdivs', { fd: 5, fs1: 5, fs2: 4 }],
      ['fcmps', { fs1: 4, fs2: 5 }],
      ['fbl', { a: 0, disp22: 2 }],
      ['stfsr', { rs1: G2, simm13: 12 }],
      ['stdf', { dd: 4, rs1: G2, simm13: 16 }],
      ['swap', { rd: G1, rs1: G2, simm13: 8 }],
    ]),
    { [G2]: DATA, [G1]: 77 },
  ],
  [
    'an enabled exception',
    [
      ['sethi', { rd: 3, imm22: (31 << 23) >>> 10 }],
      ['st', { rd: 3, rs1: G2, simm13: 0 }],
      ['ldfsr', { rs1: G2, simm13: 0 }],
      COUNT_G1,
      ['fdivs', { fd: 4, fs1: 4, fs2: 5 }],
    ],
    { [G2]: DATA },
  ],
];

describe.each([
  [riscv32.title, riscv32, [...riscvCases, ...riscvFloatCases]],
  [riscv64.title, riscv64, [...riscvCases, ...riscvFloatCases, ...riscv64Cases]],
  [sparc.title, sparc, [...sparcCases, ...sparcFloatCases]],
] as const)('%s', (_title, isa, cases) => {
  test.each<Case>(cases)('%s', (_name, program, registers = {}, at = TEXT) => {
    const setup: Setup = { isa, code: assemble(isa, program), registers, at };
    const [builtin, unicorn] = [machineOf('builtin', setup), machineOf('unicorn', setup)];
    expect(situation(unicorn, unicorn.core.run(1000))).toEqual(situation(builtin, builtin.core.run(1000)));
  });

  test.each<Case>(cases)('%s, one instruction at a time', (_name, program, registers = {}, at = TEXT) => {
    const setup: Setup = { isa, code: assemble(isa, program), registers, at };
    const [builtin, unicorn] = [machineOf('builtin', setup), machineOf('unicorn', setup)];
    for (let n = 1; n <= 30; n++) {
      expect(situation(unicorn, unicorn.core.run(n))).toEqual(situation(builtin, builtin.core.run(n)));
    }
  });
});

describe.each([
  ['rv32', riscv32],
  ['rv64', riscv64],
  ['sparc', sparc],
] as const)('programs for %s', (name, isa) => {
  const run = (file: string, input: Uint8Array | string, native: boolean): object => {
    const output = new Collected();
    const process = start(imageOf(file), input, output);
    if (native) executorOf(process.core).executor = UnicornExecutor.create(isa, process.memory);
    const stop = process.run(PLENTY);
    return {
      stop,
      output: output.text,
      ...situation({ core: executorOf(process.core), memory: process.memory }),
    };
  };

  test('the teller', () => {
    const input = sessionOf('teller-several');
    expect(run(tellerName(name), input, true)).toEqual(run(tellerName(name), input, false));
  });

  // Running out of stack takes SPARC a hundred thousand window traps, each of which stops the library.
  const slow = isa === sparc ? ['s'] : [];
  const letters = ['j', 's', 'i', 'w', 'n', 'm', 'd', 't', 'x'].filter((letter) => !slow.includes(letter));

  test.each(letters)('the bad program %s', (letter) => {
    const input = `${letter}\n`;
    expect(run(faultsName(name), input, true)).toEqual(run(faultsName(name), input, false));
  });

  test('it stops after any number of instructions', () => {
    const process = start(imageOf(tellerName(name)), sessionOf('teller-grow'));
    while (process.run(process.instructions + 397).kind === 'limit') {
      const builtin = process.fork();
      for (let n = 1; n <= 40; n++) {
        const unicorn = process.fork();
        executorOf(unicorn.core).executor = UnicornExecutor.create(isa, unicorn.memory);
        const limit = process.instructions + n;
        expect(unicorn.run(limit)).toEqual(builtin.run(limit));
        expect(unicorn.core.state()).toEqual(builtin.core.state());
        expect(unicorn.memory.differingPages(builtin.memory)).toEqual([]);
      }
    }
    expect(process.hasEnded).toBe(true);
  });

  test.each(['life', 'matrix', 'sort'])('lockstep of the workload %s', (workload) => {
    const process = start(imageOf(workloadName(workload, name)), '');
    executorOf(process.core).executor = Lockstep.create(isa, process.memory);
    expect(process.run(1_000_000).kind).toMatch(/limit|exited/);
  });

  test('threads in lockstep', () => {
    const play = (options: ProcessOptions): object => {
      const { stop, output, process } = played(name, 'luacnmtT', options);
      return { stop, output, instructions: process.instructions };
    };
    const lockstep = play({ createCore: (own, memory) => createLockstep(own, memory).core });
    expect(lockstep).toEqual(play({}));
  });

  test('lockstep in chunks of any size', () => {
    for (const chunk of [1, 10, 100_000]) {
      const output = new Collected();
      const process = start(imageOf(tellerName(name)), sessionOf('teller-grow'), output);
      const lockstep = Lockstep.create(isa, process.memory, chunk);
      executorOf(process.core).executor = lockstep;
      expect(process.run(PLENTY)).toEqual({ kind: 'exited', status: 0 });
      expect(output.text).toContain('lines: 7');
      const judged = [...lockstep.unjudged.values()].reduce((a, b) => a + b, 0);
      expect(judged).toBeLessThan(process.instructions / 100);
    }
  });
});

const executorOf = (core: unknown): CachingCore => {
  if (!(core instanceof CachingCore)) throw new Error('not a core of this program');
  return core;
};

describe('memory that others change', () => {
  const T2 = 7;
  /** Loads a word again and again and adds it up. */
  const loop: Setup = {
    isa: riscv32,
    code: assemble(riscv32, [
      ['lw', { rd: T2, rs1: T1, imm: 0 }],
      ['add', { rd: T0, rs1: T0, rs2: T2 }],
      ['jal', { rd: 0, imm: -8 }],
    ]),
    registers: { [T1]: DATA },
  };
  const word = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);

  test('data', () => {
    const { core, memory } = machineOf('unicorn', loop);
    core.run(3);
    memory.write(DATA, word(5));
    core.run(6);
    expect(core.get(T0)).toBe(5);
    memory.store32(DATA, 7);
    core.run(9);
    expect(core.get(T0)).toBe(12);
  });

  test('code', () => {
    const { core, memory } = machineOf('unicorn', { ...loop, registers: { [T1]: DATA, [T2]: 1 } });
    core.run(3);
    memory.write(TEXT, assemble(riscv32, [['addi', { rd: T2, rs1: T2, imm: 1 }]]), true);
    core.run(9);
    expect(core.get(T0)).toBe(3);
  });

  test('permission and mapping', () => {
    const { core, memory } = machineOf('unicorn', loop);
    core.run(3);
    memory.protect(DATA, DATA + PAGE_SIZE, WRITE);
    expect(core.run(6)).toMatchObject({ kind: 'memory', access: 'read', cause: 'protected', address: DATA });
    memory.protect(DATA, DATA + PAGE_SIZE, READ);
    expect(core.run(6)).toEqual({ kind: 'limit' });
    memory.unmap(DATA, DATA + PAGE_SIZE);
    expect(core.run(9)).toMatchObject({ kind: 'memory', access: 'read', cause: 'unmapped', address: DATA });
    memory.map(DATA, DATA + PAGE_SIZE, READ, 'data');
    memory.write(DATA, word(9), true);
    core.run(9);
    expect(core.get(T0)).toBe(9);
  });

  test('forks', () => {
    const { core, memory } = machineOf('unicorn', loop);
    core.run(3);
    const other = memory.fork();
    const fork = core.fork(other);
    memory.write(DATA, word(1));
    other.write(DATA, word(2));
    core.run(6);
    fork.run(9);
    core.run(12);
    expect([core.get(T0), fork.get(T0)]).toEqual([3, 4]);
  });

  test('harts with reservations take turns', () => {
    const reserve = (value: number): Setup => ({
      isa: riscv32,
      code: assemble(riscv32, [
        ['sw', { rs1: T1, rs2: T2, imm: 0 }],
        ['lr.w', { rd: 0, rs1: T1 }],
        ['sc.w', { rd: T0, rs1: T1, rs2: 0 }],
      ]),
      registers: { [T0]: 9, [T1]: DATA, [T2]: value },
    });
    const harts = [1, 2].map((value) => machineOf('unicorn', reserve(value)));
    for (const limit of [1, 2, 3]) for (const { core } of harts) core.run(limit);
    expect(harts.map(({ core, memory }) => [core.get(T0), memory.load32(DATA)])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test('what is observed is told', () => {
    const { core, memory } = machineOf('unicorn', loop);
    const seen: ObservedAccess[] = [];
    core.run(3);
    memory.observer = new Observer({ read: [{ start: DATA, end: DATA + 4 }] }, (access) => seen.push(access));
    core.run(9);
    memory.observer = undefined;
    core.run(12);
    expect(seen.map(({ instruction, pc, address }) => [instruction, pc, address])).toEqual([
      [3, TEXT, DATA],
      [6, TEXT, DATA],
    ]);
  });

  test('breakpoints', () => {
    const { core } = machineOf('unicorn', loop);
    core.run(4);
    core.setBreakpoint(TEXT + 8);
    core.setBreakpoint(TEXT + 4);
    expect([core.run(100), core.retired]).toEqual([{ kind: 'breakpoint', pc: TEXT + 8 }, 5]);
    expect([core.run(100), core.retired]).toEqual([{ kind: 'breakpoint', pc: TEXT + 4 }, 7]);
    core.clearBreakpoint(TEXT + 8);
    expect([core.run(100), core.retired]).toEqual([{ kind: 'breakpoint', pc: TEXT + 4 }, 10]);
    core.clearBreakpoint(TEXT + 4);
    expect([core.run(100), core.retired]).toEqual([{ kind: 'limit' }, 100]);
  });
});

describe('a difference', () => {
  const T2 = 7;

  /** Executes an instruction, replaces it after some rounds without synchronizing, and executes it again. */
  const replacing = (before: Instruction, after: Instruction, rounds: number): Setup => ({
    isa: riscv32,
    code: assemble(riscv32, [
      before,
      ['addi', { rd: T1, rs1: T1, imm: -1 }],
      ['bne', { rs1: T1, rs2: 0, imm: -4 }],
      ['sw', { rs1: 3, rs2: T2, imm: 0 }],
      ['addi', { rd: T1, rs1: T1, imm: 1 }],
      ['jal', { rd: 0, imm: -20 }],
    ]),
    registers: {
      [T1]: rounds,
      [T2]: new DataView(assemble(riscv32, [after]).buffer).getInt32(0, true),
      3: TEXT,
      4: DATA,
    },
  });

  const disagreement = (setup: Setup, chunk: number): Disagreement => {
    const { core, memory } = machineOf('builtin', setup);
    core.executor = Lockstep.create(setup.isa, memory, chunk);
    try {
      core.run(100_000);
    } catch (error) {
      if (error instanceof Divergence) return error.disagreement;
      throw error;
    }
    throw new Error('no difference found');
  };

  const add = (imm: number): Instruction => ['addi', { rd: T0, rs1: T0, imm }];

  // The interpreter executes what it has cached, the library what memory holds.
  test.each([
    [10, 100_000],
    [10, 7],
    [1000, 100_000],
    [1000, 100],
  ])('in a register, after %d rounds, in chunks of %d', (rounds, chunk) => {
    expect(disagreement(replacing(add(1), add(2), rounds), chunk)).toEqual({
      instruction: 1 + 2 * rounds + 3,
      pc: TEXT,
      text: expect.stringContaining('addi') as string,
      builtin: 'executed',
      unicorn: 'executed',
      registers: [{ name: 't0', builtin: 2n, unicorn: 3n }],
      memory: [],
    });
  });

  test('in memory', () => {
    const store = (imm: number): Instruction => ['sw', { rs1: 4, rs2: 4, imm }];
    expect(disagreement(replacing(store(0), store(8), 10), 100_000)).toMatchObject({
      instruction: 24,
      registers: [],
      memory: [{ name: '0x20008', builtin: 0n, unicorn: BigInt(DATA) }],
    });
  });

  test('in how an instruction ends', () => {
    // What is sllx in version 9 the library takes for sll.
    const code = assemble(sparc, [COUNT_G1, [0x93, 0x2a, 0x50, 0x0a], COUNT_G1]);
    expect(disagreement({ isa: sparc, code }, 1000)).toMatchObject({
      instruction: 1,
      pc: TEXT + 4,
      builtin: 'illegal',
      unicorn: 'executed',
    });
  });
});

test('what goes wrong in the process of the engine is told, and the end of it too', () => {
  const helper = new Helper('riscv32');
  // No breakpoints, and one block to forget, which it does not have.
  helper.send(Int32Array.of(1, 0, 1, 5));
  expect(helper.receive().next()).toBe(Tell.failed);
  expect(() => helper.receive()).toThrow(EngineFailure);
});

test('without koffi it says what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-test-'));
  try {
    // A copy with no packages beside it.
    cpSync(pathOf('dist'), join(folder, 'dist'), { recursive: true });
    const program = `
      import { Helper, EngineUnavailable } from '${join(folder, 'dist/machine/unicorn/helper.js')}';
      try { new Helper('riscv32'); } catch (error) { console.log(error instanceof EngineUnavailable, error.message); }`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/^true .*libunicorn2.*koffi.*: Error: Cannot find module 'koffi'/s);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an architecture that the library has not is unavailable', () => {
  const other = { ...sparc, machine: 18, title: 'SPARC V8+' };
  expect(() => createCore('unicorn', other, new Memory(true))).toThrow(EngineUnavailable);
  expect(() => createCore('unicorn', other, new Memory(true))).toThrow(/SPARC V8\+/);
});
