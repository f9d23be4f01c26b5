/** The same bits are different instructions on RV32 and RV64; what is shown must follow. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Disassembler } from '#suture/isa/disassemble.js';
import { riscv32, riscv64 } from '#suture/isa/riscv/index.js';

const AT = 0x10000;
const LITTLE = (parcel: number): Uint8Array => Uint8Array.of(parcel & 0xff, parcel >> 8);

describe.each([
  [0x6100, 'c.flw fs0, 0(a0)', 'c.ld s0, 0(a0)', undefined, undefined],
  [0x2011, 'c.jal 0x10004', '.word 0x2011', AT + 4, undefined],
  [0x2091, 'c.jal 0x10044', 'c.addiw ra, 4', AT + 0x44, undefined],
  [0xa011, 'c.j 0x10004', 'c.j 0x10004', AT + 4, AT + 4],
  [0x8082, 'c.jr ra', 'c.jr ra', undefined, undefined],
])('the parcel %i', (parcel, narrow, wide, narrowTarget, wideTarget) => {
  let engines: Disassembler[] = [];

  beforeAll(async () => {
    engines = [await Disassembler.create(riscv32), await Disassembler.create(riscv64)];
  });

  afterAll(() => {
    for (const engine of engines) engine.close();
  });

  test('is shown as what it is', () => {
    const texts = engines.map((engine) => engine.lines(LITTLE(parcel), AT).map(({ text }) => text));
    expect(texts).toEqual([[narrow], [wide]]);
  });

  test('jumps where it says', () => {
    const targets = [riscv32, riscv64].map((isa) => isa.jumpTarget(LITTLE(parcel), AT));
    expect(targets).toEqual([narrowTarget, wideTarget]);
  });
});
