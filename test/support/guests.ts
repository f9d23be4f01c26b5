/** Small random guests of every instruction set, and a memory that remembers every access of a hart. */
import type { Core, Stop } from '#suture/isa/core.js';
import type { AccessKind } from '#suture/isa/observer.js';
import type { Values } from '#suture/isa/pattern.js';
import { RiscvCore } from '#suture/isa/riscv/execute.js';
import { Riscv64Core } from '#suture/isa/riscv/execute64.js';
import type { Xlen } from '#suture/isa/riscv/table.js';
import { SP } from '#suture/isa/sparc/abi.js';
import { SparcCore } from '#suture/isa/sparc/execute.js';
import { SparcV9Core } from '#suture/isa/sparc/execute-v9.js';
import { NOP } from '#suture/isa/sparc/table.js';
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { seededNumbers } from './numbers.js';
import { assemble } from './riscv.js';
import { v8, v9 } from './sparc.js';

/** Two pages of code that may be written to. */
export const TEXT = 0x10000;
export const TEXT_END = TEXT + 2 * PAGE_SIZE;
/** Two pages of data; the bases of all accesses lie about their border. */
export const DATA = 0x20000;
export const BORDER = DATA + PAGE_SIZE;
export const DATA_END = DATA + 2 * PAGE_SIZE;
export const STACK = 0x30000;
export const STACK_END = 0x40000;
const FRAME = 96;

export interface Access {
  kind: AccessKind;
  address: number;
  size: number;
  /** What an aligned word holds then, for `word`. */
  value?: number;
}

/** What a hart does to it, access by access. */
export class LoggedMemory extends Memory {
  log: Access[] = [];

  override load8(address: number): number {
    return this.logged('read', address, 1, super.load8(address));
  }

  override load16(address: number): number {
    return this.logged('read', address, 2, super.load16(address));
  }

  override load32(address: number): number {
    return this.logged('read', address, 4, super.load32(address));
  }

  override store8(address: number, value: number): void {
    super.store8(address, value);
    this.logStore(address, 1);
  }

  override store16(address: number, value: number): void {
    super.store16(address, value);
    this.logStore(address, 2);
  }

  override store32(address: number, value: number): void {
    super.store32(address, value);
    this.logStore(address, 4);
  }

  // Whichever way a block takes, each of its words is to be in the log once.
  override loadBlock(address: number, to: Int32Array, at: number): void {
    to.set(
      Array.from({ length: 16 }, (_, i) => this.load32((address + 4 * i) | 0)),
      at,
    );
  }

  override storeBlock(address: number, from: Int32Array, at: number): void {
    for (let i = 0; i < 16; i++) this.checkWritable((address + 4 * i) | 0);
    for (let i = 0; i < 16; i++) this.store32((address + 4 * i) | 0, from[at + i]!);
  }

  private logStore(address: number, size: number): void {
    this.logged('write', address, size, undefined);
    const start = address & ~3;
    this.log.push({ kind: 'word', address: start >>> 0, size: 4, value: super.load32(start) >>> 0 });
  }

  private logged<T>(kind: AccessKind, address: number, size: number, result: T): T {
    this.log.push({ kind, address: address >>> 0, size });
    return result;
  }
}

export interface Guest {
  bigEndian: boolean;
  code: Uint8Array;
  createCore(memory: Memory): Core;
  /** Bytes of the instruction that begins here. */
  sizeAt(memory: Memory, pc: number): number;
}

/** A guest in a memory, about to execute its first instruction. */
export function prepare<M extends Memory>(guest: Guest, memory: M): { core: Core; memory: M } {
  memory.map(TEXT, TEXT_END, READ | WRITE | EXECUTE, 'text');
  memory.map(DATA, DATA_END, READ | WRITE, 'data');
  memory.map(STACK, STACK_END, READ | WRITE, '[ stack ]');
  memory.write(TEXT, guest.code);
  const core = guest.createCore(memory);
  core.pc = TEXT;
  return { core, memory };
}

/** Runs up to `limit`, past system calls, whose only effect is that they are over. */
export function runThrough(core: Core, limit: number): Stop {
  for (;;) {
    const stop = core.run(limit);
    if (stop.kind !== 'syscall') return stop;
    core.finishSyscall();
  }
}

type Pick = <T>(...choices: readonly T[]) => T;
const LENGTH = 60;

/** Endless guests with every kind of access, window traps, system calls and code that they change. */
export const GUESTS = {
  rv32: (seed: number): Guest => riscvGuest(seed, 32),
  rv64: (seed: number): Guest => riscvGuest(seed, 64),
  sparc: (seed: number): Guest => sparcGuest(seed, 8),
  sparc32plus: (seed: number): Guest => sparcGuest(seed, 9),
};
export const GUEST_NAMES = ['rv32', 'rv64', 'sparc', 'sparc32plus'] as const;

function picker(seed: number): Pick {
  const next = seededNumbers(seed);
  return (...choices) => choices[next() % choices.length]!;
}

/** What only RV64 has. Atomics need the one base that is aligned to doublewords. */
const wide: ((pick: Pick, access: Values) => [string, Values])[] = [
  (pick, access) => [pick('ld', 'lwu'), access],
  (_, access) => ['sd', access],
  (pick, access) => [pick('lr.d', 'sc.d', 'amoadd.d', 'amoxor.d', 'amomax.d'), { ...access, rs1: 8 }],
  (pick) => ['c.ld', { "rd'": 6, "rs1'": pick(0, 1), uimm: pick(0, 8) }],
];

/**
 * x8 to x10 hold addresses about the border, x11 that of the first instruction, x12 and x13 instructions to put
 * there; x5 to x7 and x14, x15 take what is loaded.
 */
function riscvGuest(seed: number, xlen: Xlen): Guest {
  const pick = picker(seed);
  const program: [string, Values?][] = [['addi', { rd: 5, rs1: 5, imm: 1 }]];
  while (program.length < LENGTH) {
    const register = pick(5, 6, 7, 14, 15);
    const access = {
      rd: register,
      rs1: pick(8, 9, 10),
      rs2: register,
      imm: pick(-9, -5, -4, -1, 0, 2, 4, 7),
    };
    program.push(
      ...pick<() => [string, Values?][]>(
        () => [[pick('lb', 'lbu', 'lh', 'lhu', 'lw'), access]],
        () => [[pick('sb', 'sh', 'sw'), access]],
        () => [[pick('lr.w', 'sc.w', 'amoadd.w', 'amoswap.w', 'amomaxu.w'), { ...access, rs1: 9 }]],
        () => [[pick('add', 'sub', 'mul', 'xor'), { rd: register, rs1: pick(5, 14), rs2: pick(6, 7) }]],
        () => [[pick('c.mv', 'c.add'), { rd: register, rs2: pick(6, 7) }]],
        () => [['c.lw', { "rd'": 6, "rs1'": pick(0, 1), uimm: pick(0, 4, 8) }]],
        () => [['c.sw', { "rs2'": 7, "rs1'": pick(0, 1), uimm: pick(0, 4, 8) }]],
        () => [
          [pick('beq', 'bltu'), { rs1: 5, rs2: 6, imm: 8 }],
          ['lw', access],
        ],
        () => [['sw', { rs1: 11, rs2: pick(12, 13), imm: 0 }]],
        () => [[pick('fence.i', 'ecall')]],
        () => [[pick('flw', 'fld'), { ...access, fd: register }]],
        () => [[pick('fsw', 'fsd'), { ...access, fs2: register }]],
        ...(xlen === 64 ? wide : []).map((names) => () => [names(pick, access)]),
      )(),
    );
  }
  const body = assemble(program);
  const words = ['addi', 'xori'].map((name) => assemble([[name, { rd: 5, rs1: 5, imm: 9 }]]));
  return {
    bigEndian: false,
    code: Uint8Array.from([...body, ...assemble([['jal', { rd: 0, imm: -body.length }]])]),
    createCore(memory) {
      const core = xlen === 64 ? new Riscv64Core(memory) : new RiscvCore(memory);
      for (const [i, address] of [BORDER, BORDER - 4, BORDER + 3, TEXT].entries()) core.set(8 + i, address);
      for (const [i, word] of words.entries()) core.set(12 + i, Buffer.from(word).readInt32LE());
      return core;
    },
    sizeAt: (memory, pc) => ((memory.read(pc, 1)[0]! & 3) === 3 ? 4 : 2),
  };
}

const PRIMARY = 0x80;
const BLOCK = 0xf0;

/** What only V9 has. */
const extended: ((pick: Pick, access: Values) => number)[] = [
  (pick, access) => v9(pick('ldx', 'stx'), access),
  (pick) => v9('casxa', { rd: pick(16, 18), rs1: 1, rs2: pick(17, 19, 20), asi: PRIMARY }),
  (pick) => v9('casa', { rd: pick(16, 18), rs1: 1, rs2: pick(17, 19, 20), asi: PRIMARY }),
  (pick) => v9(pick('lddfa', 'stdfa'), { dd: 16, rs1: 1, asi: BLOCK }),
];

/**
 * g1 holds the border, g2 the address of the first instruction, g3 and g4 instructions to put there; locals take
 * what is loaded.
 */
function sparcGuest(seed: number, version: 8 | 9): Guest {
  const op = version === 8 ? v8 : v9;
  const pick = picker(seed);
  const program: number[] = [op('add', { rd: 16, rs1: 16, simm13: 1 })];
  let depth = 0;
  const window = (enters: boolean): number[] => {
    depth += enters ? 1 : -1;
    return [enters ? op('save', { rd: SP, rs1: SP, simm13: -FRAME }) : op('restore')];
  };
  const access = (size: number): Values => {
    const rd = size === 8 ? pick(16, 18, 20) : pick(16, 17, 18, 19, 20);
    return { rd, rs1: 1, simm13: size * pick(-3, -2, -1, 0, 1, 2) };
  };
  while (program.length < LENGTH) {
    program.push(
      ...pick<() => number[]>(
        () => [op(pick('ld', 'st', 'swap'), access(4))],
        () => [op(pick('ldsh', 'lduh', 'sth'), access(2))],
        () => [op(pick('ldsb', 'ldub', 'stb', 'ldstub'), access(1))],
        () => [op(pick('ldd', 'std'), access(8))],
        () => [op(pick('addcc', 'subcc', 'xor', 'umul'), { rd: pick(16, 19), rs1: 16, rs2: pick(17, 18) })],
        () => [
          op(pick('bne', 'bcs'), { a: pick(0, 1), disp22: 3 }),
          op('ld', access(4)),
          op('st', access(4)),
        ],
        () => window(depth < 12),
        () => window(depth < 12),
        () => (depth > 0 ? window(false) : []),
        () => [op('st', { rd: pick(3, 4), rs1: 2, simm13: 0 })],
        () => [op(pick('ldf', 'lddf', 'stf', 'stdf'), { ...access(8), fd: 5, dd: 6 })],
        ...(version === 9 ? extended : []).map((make) => () => [make(pick, access(8))]),
        () => [pick(op('flush', { rs1: 2, simm13: 0 }), op('ta', { imm7: 3 }), op('ta', { imm7: 0x10 }))],
      )(),
    );
  }
  while (depth > 0) program.push(...window(false));
  program.push(op('ba', { disp22: -program.length }), NOP);
  const view = new DataView(new ArrayBuffer(4 * program.length));
  for (const [i, word] of program.entries()) view.setUint32(4 * i, word);
  return {
    bigEndian: true,
    code: new Uint8Array(view.buffer),
    createCore(memory) {
      const core = version === 8 ? new SparcCore(memory) : new SparcV9Core(memory);
      core.set(1, BORDER);
      core.set(2, TEXT);
      core.set(3, op('xor', { rd: 16, rs1: 16, simm13: 9 }));
      core.set(4, op('add', { rd: 16, rs1: 16, simm13: 9 }));
      core.set(SP, STACK_END - FRAME);
      return core;
    },
    sizeAt: () => 4,
  };
}
