/** Redirections and moved bodies are tried by executing them. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import type { Reference } from '#suture/isa/body.js';
import type { Core } from '#suture/isa/core.js';
import { isaOf, type Isa } from '#suture/isa/index.js';
import { takeApart, type RiscvItem } from '#suture/isa/riscv/body.js';
import { place } from '#suture/isa/riscv/place.js';
import { R } from '#suture/isa/riscv/relocations.js';
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { imageOf, ISAS, tellerName, type IsaName } from '../support/programs.js';
import { assemble } from '../support/riscv.js';
import { symbolAt } from '../support/symbols.js';

const AT = 0x10000000;
const RETURN = 0x20000000;

const isaNamed = (name: IsaName): Isa => isaOf(imageOf(tellerName(name)));

function coreAt(isa: Isa, pc: number, code: Uint8Array): Core {
  const memory = new Memory(isa.bigEndian);
  memory.map(pc - (pc % PAGE_SIZE), pc - (pc % PAGE_SIZE) + 4 * PAGE_SIZE, READ | WRITE | EXECUTE, 'text');
  memory.write(pc, code, true);
  const core = isa.createCore(memory);
  core.pc = pc;
  return core;
}

/** Runs until pc leaves the code. */
function whereItGoes(core: Core, start: number, size: number): number {
  for (let n = 1; core.pc >= start && core.pc < start + size; n++) core.run(n);
  return core.pc;
}

const distances = [
  16, 1000, -1000, 5000, 0xffff0, -0xffff0, 0x100000, 0x700000, -0x700000, 0x1234568, -0x7654320, 0x70000000,
];

describe.each(ISAS)('on %s', (name) => {
  const isa = isaNamed(name);

  test.each(distances)('a trampoline over %i bytes arrives', (distance) => {
    const jump = isa.trampoline(AT, AT + distance)!;
    const core = coreAt(isa, AT, jump.bytes);
    expect(whereItGoes(core, AT, jump.bytes.length)).toBe(AT + distance);
    expect(jump.boundaries.every((offset) => offset > 0 && offset < jump.bytes.length)).toBe(true);
  });

  test.each([0x800, 0x1000, -0x1000, 0x7ff000, 0x12345 << 3])(
    'a jump through a table %i bytes away arrives',
    (distance) => {
      const table = AT + distance - (distance % 8);
      const jump = isa.tableJump(AT, table);
      const memory = new Memory(isa.bigEndian);
      const page = (address: number): number => address - (address % PAGE_SIZE);
      memory.map(page(AT), page(AT) + PAGE_SIZE, READ | WRITE | EXECUTE, 'text');
      if (page(table) !== page(AT)) memory.map(page(table), page(table) + PAGE_SIZE, READ | WRITE, 'table');
      memory.write(AT, jump.bytes, true);
      memory.store32(table, AT + 0x500);
      const core = isa.createCore(memory);
      core.pc = AT;
      expect(whereItGoes(core, AT, jump.bytes.length)).toBe(AT + 0x500);
    },
  );

  test('a near trampoline is one instruction', () => {
    expect(isa.trampoline(AT, AT + 4096)!.boundaries).toEqual([]);
  });

  test('exits are found among calls that come back', () => {
    const image = imageOf(tellerName(name));
    const compound = image.symbols.find((symbol) => symbol.name === 'compound')!;
    const segment = image.segments.find((s) => s.executable)!;
    const start = compound.address - segment.address;
    const offsets = isa.exits(segment.bytes.subarray(start, start + compound.size));
    // Both of its returns, and not its call of itself.
    expect(offsets).toHaveLength(2);
  });
});

/** A body with relocations, as the linker would leave it. */
function bodyOf(
  program: Parameters<typeof assemble>[0],
  relocations: [number, R, number][],
): ReturnType<typeof takeApart> {
  const bytes = assemble(program);
  const symbol = symbolAt('body', AT, bytes.length);
  // One symbol for one address, as in a real symbol table.
  const targets = new Map(relocations.map(([, , to]) => [to, symbolAt('target', to, 4)]));
  const list = relocations.map(([offset, type, to]) => ({
    address: AT + offset,
    type,
    symbol: targets.get(to)!,
    addend: type === R.GPREL_I || type === R.GPREL_S ? -GP : 0,
  }));
  return takeApart(IMAGE, symbol, bytes, list);
}

const GP = 0x10002000;
const IMAGE = {
  ...imageOf(tellerName('rv32')),
  symbols: [symbolAt('__global_pointer$', GP, 0)],
} satisfies Image;

const far = (
  address: number,
): { address: number; image: Image; resolve: (reference: Reference) => number } => ({
  address,
  image: IMAGE,
  resolve: ({ symbol, addend }) => symbol.address + addend,
});

describe('a relaxed RISC-V body put elsewhere', () => {
  const isa = isaNamed('rv32');

  test.each([
    [2, 0x600, 4],
    [4, 0x7000, 4],
    [8, 0x60000000, 8],
  ])('a call of %i bytes over %i bytes arrives and links', (size, distance, expected) => {
    const to = AT + distance;
    const call: [string, Record<string, number>] =
      size === 2 ? ['c.jal', { imm: 0 }] : ['jal', { rd: 1, imm: 0 }];
    const body = bodyOf([call], [[0, size === 2 ? R.RVC_JUMP : R.JAL, to]]);
    const { bytes } = place(body, far(AT));
    const core = coreAt(isa, AT, bytes);
    expect(whereItGoes(core, AT, bytes.length)).toBe(to);
    expect(core.get(1)).toBe(AT + bytes.length);
    expect(bytes.length).toBeLessThanOrEqual(expected);
  });

  test('a jump to another part of the procedure does not: t1 may be in use there', () => {
    const body = bodyOf([['jal', { rd: 0, imm: 0 }]], [[0, R.JAL, AT + 0x5000000]]);
    expect(() => place(body, { ...far(AT), isPart: () => true })).toThrow(
      /takes t1, which may be in use there/,
    );
    expect(place(body, { ...far(AT), isPart: () => false }).bytes).toHaveLength(8);
    const near = bodyOf([['jal', { rd: 0, imm: 0 }]], [[0, R.JAL, AT + 0x7000]]);
    expect(place(near, { ...far(AT), isPart: () => true }).bytes).toHaveLength(4);
  });

  test('a tail call that no longer reaches goes through t1', () => {
    const to = AT + 0x5000000;
    const body = bodyOf([['c.j', { imm: 0 }]], [[0, R.RVC_JUMP, to]]);
    const { bytes } = place(body, far(AT));
    const core = coreAt(isa, AT, bytes);
    core.set(1, RETURN);
    expect(whereItGoes(core, AT, bytes.length)).toBe(to);
    expect(core.get(1)).toBe(RETURN);
  });

  test('a load through gp that no longer reaches builds the whole address', () => {
    const to = AT + PAGE_SIZE;
    const body = bodyOf([['lw', { rd: 10, rs1: 3, imm: 0 }]], [[0, R.GPREL_I, to]]);
    expect(place(body, { ...far(AT), resolve: () => GP + 16 }).bytes).toHaveLength(4);
    const { bytes } = place(body, far(AT));
    expect(bytes).toHaveLength(8);
    const core = coreAt(isa, AT, bytes);
    const value = 0x12345678;
    const memory = new Memory(false);
    memory.map(AT, AT + 4 * PAGE_SIZE, READ | WRITE | EXECUTE, 'text');
    memory.write(AT, bytes);
    memory.store32(to, value);
    const loading = core.fork(memory);
    loading.run(2);
    expect(loading.get(10)).toBe(value);
  });

  test('a store through gp that no longer reaches is refused with what to do', () => {
    const body = bodyOf([['sw', { rs1: 3, rs2: 10, imm: 0 }]], [[0, R.GPREL_S, 0x50000000]]);
    expect(() => place(body, far(AT))).toThrow(
      /body\+0x0: the linker relaxed this store to gp.*-Wl,--no-relax/,
    );
  });

  test('c.lui becomes lui, and its low part follows', () => {
    const to = 0x10d123 + 0x800;
    const body = bodyOf(
      [
        ['c.lui', { rd: 10, imm: 0x12000 }],
        ['addi', { rd: 10, rs1: 10, imm: 0 }],
      ],
      [
        [0, R.RVC_LUI, to],
        [2, R.LO12_I, to],
      ],
    );
    const { bytes } = place(body, far(AT));
    const core = coreAt(isa, AT, bytes);
    core.run(2);
    expect(core.get(10)).toBe(to);
    expect(bytes).toHaveLength(8);
  });

  test.each([10, 100, 600, 3000])('a branch over %i loads that all grow still arrives', (count) => {
    const loads = Array.from({ length: count }, (): [string, Record<string, number>] => [
      'addi',
      { rd: 10, rs1: 3, imm: 0 },
    ]);
    const end = 2 + 4 * count;
    const program: Parameters<typeof assemble>[0] = [
      ['c.bnez', { "rs1'": 3, imm: 0 }],
      ...loads,
      ['c.li', { rd: 12, imm: 5 }],
    ];
    const bytes = assemble(program);
    const symbol = symbolAt('body', AT, bytes.length);
    const to = symbolAt('target', 0x50000000, 4);
    const body = takeApart(IMAGE, symbol, bytes, [
      { address: AT, type: R.RVC_BRANCH, symbol: symbolAt('.L1', AT + end, 0), addend: 0 },
      ...loads.map((_, i) => ({ address: AT + 2 + 4 * i, type: R.GPREL_I, symbol: to, addend: -GP })),
    ]);
    const moved = place(body, far(AT));
    expect(moved.bytes.length).toBeGreaterThanOrEqual(8 * count + 4);
    const memory = new Memory(false);
    memory.map(AT, AT + 16 * PAGE_SIZE, READ | WRITE | EXECUTE, 'text');
    memory.write(AT, moved.bytes);
    for (const [condition, steps] of [
      [1, 3],
      [0, 2 * count + 4],
    ] as const) {
      const core = isa.createCore(memory);
      core.pc = AT;
      core.set(11, condition);
      while (core.get(12) !== 5 && core.retired < steps) core.run(core.retired + 1);
      expect(core.get(12)).toBe(5);
      expect(core.get(10)).toBe(condition === 1 ? 0 : 0x50000000);
    }
  });

  test('items that relaxation may remove have no token', () => {
    const tokens = (items: readonly RiscvItem[]): string[] =>
      items.map(({ token }) => token).filter((token) => token !== '');
    const relaxed = bodyOf([['lw', { rd: 10, rs1: 3, imm: 0 }]], [[0, R.GPREL_I, GP + 8]]);
    const full = bodyOf(
      [
        ['lui', { rd: 15, imm: 0x10002000 }],
        ['lw', { rd: 10, rs1: 15, imm: 8 }],
      ],
      [
        [0, R.HI20, GP + 8],
        [4, R.LO12_I, GP + 8],
      ],
    );
    expect(tokens(relaxed.items)).toEqual(tokens(full.items));
  });

  test('an upper part that nothing completes is compared, and so is a base register that relaxation left', () => {
    const tokens = ({ items }: { items: readonly RiscvItem[] }): unknown[] =>
      items.map(({ token, base }) => [token, base]);
    const lonely = bodyOf([['lui', { rd: 15, imm: 0x10002000 }]], [[0, R.HI20, GP]]);
    expect(tokens(lonely)).toEqual([['lui x15', undefined]]);
    const through = (rs1: number): unknown[] =>
      tokens(
        bodyOf(
          [
            ['lui', { rd: 15, imm: 0x10002000 }],
            ['lw', { rd: 10, rs1, imm: 8 }],
          ],
          [
            [0, R.HI20, GP + 8],
            [4, R.LO12_I, GP + 8],
          ],
        ),
      );
    expect(through(14)).not.toEqual(through(15));
  });
});
