/** Bodies and redirections where RV64 differs from RV32, and bodies with floating point. Tried by executing them. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import { CallFrames } from '#suture/elf/index.js';
import { riscv32, riscv64 } from '#suture/isa/riscv/index.js';
import { takeApart, type RiscvBody } from '#suture/isa/riscv/body.js';
import { place } from '#suture/isa/riscv/place.js';
import { R } from '#suture/isa/riscv/relocations.js';
import type { Xlen } from '#suture/isa/riscv/table.js';
import { Memory } from '#suture/machine/memory.js';
import { imageOf, start } from '../support/programs.js';
import { assemble, machine, type Program } from '../support/riscv.js';
import { symbolAt } from '../support/symbols.js';

const AT = 0x10000000;
const GP = AT + 0x2000;

const imageOfWidth = (bits: Xlen): Image => ({
  ...imageOf('targets/teller/teller.rv64.elf'),
  bits,
  symbols: [symbolAt('__global_pointer$', GP, 0)],
});

/** A body with relocations, as the linker would leave it. */
function bodyOf(xlen: Xlen, program: Program, relocations: [number, R, number][]): RiscvBody {
  const bytes = assemble(program);
  const list = relocations.map(([offset, type, to]) => ({
    address: AT + offset,
    type,
    symbol: type === R.PCREL_LO12_I ? symbolAt('', to, 0) : symbolAt('target', to, 4),
    addend: type === R.GPREL_I || type === R.GPREL_S ? -GP : 0,
  }));
  return takeApart(imageOfWidth(xlen), symbolAt('body', AT, bytes.length), bytes, list);
}

/** The body at its old place, or the address of what it refers to elsewhere. */
const placed = (xlen: Xlen, body: RiscvBody, to?: number): Uint8Array =>
  place(body, {
    address: AT,
    image: imageOfWidth(xlen),
    resolve: ({ symbol, addend }) => to ?? symbol.address + addend,
  }).bytes;

/** Where execution of the bytes at `at` leads. */
function leadsTo(xlen: Xlen, at: number, bytes: Uint8Array): number {
  const { core, memory } = machine([], xlen);
  const page = at - (at % 0x1000);
  memory.map(page, page + 0x1000, 7, 'code');
  memory.write(at, bytes);
  core.pc = at;
  for (let n = 1; core.pc >= at && core.pc < at + bytes.length; n++) core.run(n);
  return core.pc;
}

describe('jumps over more than 2 GiB', () => {
  test.each([
    [0x10000000, 0x90000000],
    [0xf0000000, 0x10000000],
  ])('from %i to %i go around on RV32 and do not exist on RV64', (from, to) => {
    expect(leadsTo(32, from, riscv32.trampoline(from, to)!.bytes)).toBe(to);
    expect(riscv64.trampoline(from, to)).toBeUndefined();
  });

  test.each([
    [0x80000000, 0x4000],
    [0xf0000000, 0x80000000],
    [0x70000000, 0xe0000000],
    [0x10000000, 0x10000100],
  ])('from %i to %i arrive on both', (from, to) => {
    expect(leadsTo(32, from, riscv32.trampoline(from, to)!.bytes)).toBe(to);
    expect(leadsTo(64, from, riscv64.trampoline(from, to)!.bytes)).toBe(to);
  });

  test('a body that needs one is refused on RV64', () => {
    const body = bodyOf(64, [['jal', { rd: 1, imm: 0 }]], [[0, R.JAL, AT + 0x1000]]);
    expect(() => placed(64, body, 0xa0000000)).toThrow(/body\+0x0: the address does not fit/);
  });
});

test('a near call is c.jal on RV32; RV64 has none and takes jal', () => {
  const call = (xlen: Xlen): Uint8Array =>
    placed(xlen, bodyOf(xlen, [['jal', { rd: 1, imm: 0 }]], [[0, R.JAL, AT + 0x100]]));
  expect(leadsTo(64, AT, call(64))).toBe(AT + 0x100);
  const [transfer] = bodyOf(32, [['c.jal', { imm: 0 }]], [[0, R.RVC_JUMP, AT + 0x100]]).items;
  const site = { item: transfer!, address: AT };
  expect(riscv32.redirectCall(site, AT + 0x200)?.bytes).toHaveLength(2);
  expect(riscv64.redirectCall(site, AT + 0x200)).toBeUndefined();
});

describe('absolute addresses', () => {
  const program: Program = [
    ['lui', { rd: 10, imm: 0 }],
    ['addi', { rd: 10, rs1: 10, imm: 0 }],
  ];
  const body = (xlen: Xlen): RiscvBody =>
    bodyOf(xlen, program, [
      [0, R.HI20, 0x20000000],
      [4, R.LO12_I, 0x20000000],
    ]);
  const value = (xlen: Xlen, to: number): number => {
    const { core, memory } = machine([], xlen);
    memory.map(AT, AT + 0x1000, 7, 'code');
    memory.write(AT, placed(xlen, body(xlen), to));
    core.pc = AT;
    core.run(2);
    return core.get(10);
  };

  test.each([0x20000000, 0x7ffff7ff, 0x12345fff])('%i is made on both widths', (to) => {
    expect([value(32, to), value(64, to)]).toEqual([to, to]);
  });

  test.each([0x80000000, 0x7ffff800])('%i needs a sign that RV64 would extend', (to) => {
    expect(value(32, to) >>> 0).toBe(to);
    expect(() => value(64, to)).toThrow(/the address does not fit/);
  });
});

describe.each([32, 64] as const)('floating point in bodies of RV%i', (xlen) => {
  test('instructions are told apart by what they do', () => {
    const tokens = (program: Program): string[] => bodyOf(xlen, program, []).items.map(({ token }) => token);
    const add = (fs2: number): Program => [['fadd.d', { fd: 1, fs1: 2, fs2, rm: 7 }]];
    expect(tokens(add(3))).toEqual(tokens(add(3)));
    expect(tokens(add(3))).not.toEqual(tokens(add(4)));
    expect(tokens([['c.fldsp', { fd: 1, uimm: 8 }]])).toEqual(tokens([['fld', { fd: 1, rs1: 2, imm: 8 }]]));
  });

  test.each([
    ['fld', { fd: 10, rs1: 3 }, R.GPREL_I],
    ['fsd', { fs2: 10, rs1: 3 }, R.GPREL_S],
  ] as const)(
    '%s through gp goes elsewhere within reach of gp, and is refused beyond',
    (name, values, type) => {
      const body = bodyOf(xlen, [[name, values]], [[0, type, GP + 8]]);
      expect(body.items[0]!.token).toBe(`${name} f10 lo`);
      expect([...placed(xlen, body, GP - 2048)]).toEqual([...assemble([[name, { ...values, imm: -2048 }]])]);
      expect(() => placed(xlen, body, GP + 2048)).toThrow(/relaxed this (load|store) to gp.*-Wl,--no-relax/);
    },
  );

  test('a constant is loaded relative to pc', () => {
    const program: Program = [
      ['auipc', { rd: 15, imm: 0 }],
      ['fld', { fd: 10, rs1: 15, imm: 0 }],
    ];
    const to = AT + 0x5004;
    const bytes = placed(
      xlen,
      bodyOf(xlen, program, [
        [0, R.PCREL_HI20, to],
        [4, R.PCREL_LO12_I, AT],
      ]),
      to + 0x123000,
    );
    const { core, memory } = machine([], xlen);
    memory.map(AT, AT + 0x1000, 7, 'code');
    memory.map(AT + 0x128000, AT + 0x129000, 6, 'constants');
    memory.write(AT, bytes);
    memory.store32(to + 0x123004, 0x3ff80000);
    core.pc = AT;
    core.run(2);
    expect(core.floats.doubles[10]).toBe(1.5);
  });
});

test.each(['rv32', 'rv64'])('every procedure of the %s program comes apart and together again', (name) => {
  const image = imageOf(`targets/teller/teller.${name}.elf`);
  const code = image.segments.find((segment) => segment.executable)!;
  const procedures = image.symbols.filter(({ kind, size }) => kind === 'procedure' && size > 0);
  expect(procedures.length).toBeGreaterThan(20);
  for (const symbol of procedures) {
    const end = symbol.address + symbol.size;
    const bytes = code.bytes.subarray(symbol.address - code.address, end - code.address);
    const relocations = image.relocations.filter(({ address }) => address >= symbol.address && address < end);
    const body = takeApart(image, symbol, bytes, relocations);
    const there = place(body, {
      address: symbol.address,
      image,
      resolve: ({ symbol, addend }) => symbol.address + addend,
    });
    expect(Buffer.from(there.bytes).toString('hex'), symbol.name).toBe(Buffer.from(bytes).toString('hex'));
  }
});

test('a walk of a 64-bit stack finds every caller, and takes no long number for an address', () => {
  const process = start(imageOf('targets/teller/teller.rv64.elf'), 'forecast 2 3\n');
  const frames = CallFrames.read(process.image);
  const compound = process.image.symbols.find(({ name }) => name === 'compound')!;
  process.core.setBreakpoint(compound.address);
  for (let depth = 0; depth < 3; depth++) expect(process.run(1_000_000).kind).toBe('breakpoint');
  const nameAt = (pc: number): string =>
    process.image.symbols.find(
      ({ kind, address, size }) => kind === 'procedure' && pc >= address && pc < address + size,
    )!.name;
  const walk = (): ReturnType<typeof riscv64.walk> =>
    riscv64.walk({
      core: process.core,
      read32: (address) => process.memory.load32(address),
      ruleAt: (pc) => frames.ruleAt(pc),
      stackTop: 2 ** 31,
    });
  const { activations, complete } = walk();
  expect(complete).toBe(true);
  expect(activations.map(({ within }) => nameAt(within))).toEqual([
    ...['compound', 'compound', 'compound', 'run_forecast', 'run_command', 'main', '_start'],
  ]);
  // The upper word of a saved return address: with it, what was saved is no address.
  process.memory.store32(activations[1]!.frameEnd - 4, 1);
  expect(walk()).toMatchObject({ complete: false, activations: { length: 2 } });
});

test('a nop is alignment where a mark says so, and not where the mark is that of a shortened call', () => {
  const nop: Program[number] = ['addi', { rd: 0, rs1: 0, imm: 0 }];
  const tokens = (relocations: [number, R, number][]): string[] =>
    bodyOf(32, [['jal', { rd: 1, imm: 0 }], nop], relocations).items.map(({ token }) => token);
  const call: [number, R, number] = [0, R.JAL, AT + 0x1000];
  const mark: [number, R, number] = [4, R.NONE, 0];
  expect(tokens([call, mark])).toEqual(['call x1', 'addi imm=0 rd=0 rs1=0']);
  expect(tokens([call, mark, mark])).toEqual(['call x1', '']);
  expect(tokens([[0, R.JAL, AT], mark])).toEqual(['call x1', 'addi imm=0 rd=0 rs1=0']);
});

test('numbers that are no addresses are no code words', () => {
  const core = riscv64.createCore(new Memory(false));
  core.set(5, 0x10100);
  core.set(6, 0x100010100);
  core.set(7, -1);
  expect(riscv64.codeWords(core)).toContain(0x10100);
  expect(riscv64.codeWords(core).filter((word) => word !== 0)).toHaveLength(1);
  const narrow = riscv32.createCore(new Memory(false));
  narrow.set(7, -16);
  expect(riscv32.codeWords(narrow)).toContain(0xfffffff0);
});
