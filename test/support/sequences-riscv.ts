/** Random sequences of RISC-V instructions, see sequences.ts. */
import type { CachingCore } from '#suture/isa/caching-core.js';
import type { Values } from '#suture/isa/pattern.js';
import { RiscvHart } from '#suture/isa/riscv/hart.js';
import { riscv32, riscv64 } from '#suture/isa/riscv/index.js';
import { row, TABLE } from '#suture/isa/riscv/table.js';
import {
  LAYOUT,
  type Destination,
  type Dialect,
  type Instruction,
  type Random,
  type Unit,
} from './sequences.js';

type Row = (typeof TABLE)[number];
type Xlen = 32 | 64;

/** x8 points to the middle of the first page of the area, which loads and stores reach; x2 to below that. */
const BASE = 8;
const STACK = 2;
const MIDDLE = 2048;
const RESERVED = [STACK, BASE];
/** Offsets from x8 that sequences use; the registers come before. */
const REACH = 1024;

const ENDS_ELSEWHERE = new Set(['ecall', 'ebreak', 'c.ebreak']);
const COUNTS_ON_STACK = new Set(['c.addi16sp']);
const LONGEST_SKIP = 3;

const ins = (name: string, fields: Values, to?: Destination): Instruction => ({
  row: row(name),
  fields,
  ...(to && { to }),
});

/** Widths of loads and stores, by the base instruction. */
const WIDTHS: Record<string, number> = {
  lb: 1,
  lbu: 1,
  sb: 1,
  lh: 2,
  lhu: 2,
  sh: 2,
  lw: 4,
  lwu: 4,
  sw: 4,
  flw: 4,
  fsw: 4,
  ld: 8,
  sd: 8,
  fld: 8,
  fsd: 8,
};

class Generator {
  readonly rows: readonly Row[];

  constructor(private readonly xlen: Xlen) {
    this.rows = TABLE.filter(
      (row) => (row.xlen === undefined || row.xlen === xlen) && !ENDS_ELSEWHERE.has(row.name),
    );
  }

  unit(random: Random): Unit {
    const row = random.pick(this.rows);
    const base = row.expansion?.row.name ?? row.name;
    if (COUNTS_ON_STACK.has(row.name)) return this.thereAndBack(random);
    if (base in WIDTHS) return [this.access(random, row, WIDTHS[base]!)];
    if (/^(lr|sc)\./.test(base)) return this.reservation(random, base.slice(-1));
    if (base.startsWith('amo')) return this.atomic(random, row);
    if (base.startsWith('csrr')) return [this.control(random, row)];
    if (base === 'jalr') return this.indirect(random, row);
    if (/^(jal|b\w+)$/.test(base)) {
      return [
        { ...this.any(random, row), to: { field: 'imm', skip: random.below(LONGEST_SKIP + 1), scale: 1 } },
      ];
    }
    return [this.any(random, row)];
  }

  /** Any values of the fields, as long as no reserved register is changed. */
  any(random: Random, row: Row): Instruction {
    for (;;) {
      const fields: Values = {};
      for (const field of row.pattern.fields.values()) {
        fields[field.name] =
          field.name === 'rm' ? random.pick([7, 7, 7, 0, 1, 2, 3, 4]) : random.field(field);
      }
      const own = row.expansion?.fields(fields) ?? fields;
      if (own.rd !== undefined && RESERVED.includes(own.rd)) continue;
      if (row.excludes?.(fields, this.xlen) === true) continue;
      return { row, fields };
    }
  }

  private access(random: Random, row: Row, width: number): Instruction {
    const { fields } = this.any(random, row);
    if (row.expansion !== undefined) {
      // Of x8 to x15, x8 is the first; the others are relative to the stack pointer.
      return { row, fields: "rs1'" in fields ? { ...fields, "rs1'": 0 } : fields };
    }
    const offset = random.between(-REACH, REACH - 8);
    const imm = random.chance(5) ? offset : Math.floor(offset / width) * width;
    return { row, fields: { ...fields, rs1: BASE, imm } };
  }

  /** Brings any register to an aligned address in the area. */
  private address(random: Random): { register: number; prepare: Instruction[] } {
    const register = this.scratch(random);
    return {
      register,
      prepare: [
        ins('andi', { rd: register, rs1: register, imm: (REACH - 1) & -8 }),
        ins('add', { rd: register, rs1: register, rs2: BASE }),
      ],
    };
  }

  private scratch(random: Random): number {
    for (;;) {
      const register = random.between(1, 31);
      if (!RESERVED.includes(register)) return register;
    }
  }

  private atomic(random: Random, row: Row): Unit {
    const { register, prepare } = this.address(random);
    return [...prepare, { row, fields: { ...this.any(random, row).fields, rs1: register } }];
  }

  /** A pair that succeeds, mostly, or a store that fails. */
  private reservation(random: Random, suffix: string): Unit {
    const { register, prepare } = this.address(random);
    const store = ins(`sc.${suffix}`, {
      ordering: random.below(4),
      rd: random.pick([0, this.scratch(random)]),
      rs1: register,
      rs2: random.below(32),
    });
    if (random.chance(4)) return [...prepare, store];
    let rd = this.scratch(random);
    while (rd === register) rd = this.scratch(random);
    const between = ins('addi', { rd, rs1: rd, imm: random.between(-2048, 2047) });
    const load = ins(`lr.${suffix}`, { ordering: random.below(4), rd, rs1: register });
    return [...prepare, load, ...(random.chance(2) ? [between] : []), store];
  }

  /** The rounding mode is never made one of the reserved ones. */
  private control(random: Random, row: Row): Instruction {
    const { fields } = this.any(random, row);
    const csr = random.pick([1, 2, 3]);
    const isImmediate = 'zimm' in fields;
    if (csr === 1) return { row, fields: { ...fields, csr } };
    if (isImmediate) {
      const zimm =
        csr === 3 || row.name === 'csrrci' ? fields.zimm! : row.name === 'csrrwi' ? random.below(5) : 0;
      return { row, fields: { ...fields, csr, zimm } };
    }
    return { row: row.name === 'csrrw' ? tableRow('csrrs') : row, fields: { ...fields, csr, rs1: 0 } };
  }

  private indirect(random: Random, target: Row): Unit {
    const register = this.scratch(random);
    const to: Destination = { field: 'imm', skip: random.below(LONGEST_SKIP + 1), scale: 1, from: 0 };
    const here = ins('auipc', { rd: register, imm: 0 });
    if (target.expansion === undefined) {
      const rd = random.pick([0, this.scratch(random)]);
      return [here, ins('jalr', { rd, rs1: register, imm: 0 }, to)];
    }
    return [
      here,
      ins('addi', { rd: register, rs1: register, imm: 0 }, to),
      { row: target, fields: { rs1: register } },
    ];
  }

  private thereAndBack(random: Random): Unit {
    const imm = 16 * random.between(1, 31);
    return [ins('c.addi16sp', { imm: -imm }), ins('c.addi16sp', { imm })];
  }
}

const tableRow = (name: string): Row => row(name);

export function riscvDialect(xlen: Xlen): Dialect {
  const generator = new Generator(xlen);
  const bytes = xlen / 8;
  const floats = 32 * bytes;
  const fcsr = floats + 32 * 8;
  const low = (view: DataView, offset: number): number => view.getInt32(offset, true);
  return {
    name: `rv${xlen}`,
    isa: xlen === 32 ? riscv32 : riscv64,
    rows: generator.rows,
    unit: (random) => generator.unit(random),
    ending: (address) => [[ins('jal', { rd: 0, imm: LAYOUT.leave - address })]],
    sizeOf: ({ row }) => row.pattern.bits / 8,

    area(random) {
      const area = new Uint8Array(LAYOUT.areaSize);
      const view = new DataView(area.buffer);
      const value = (): bigint => {
        switch (random.below(4)) {
          case 0:
            return random.double();
          case 1:
            return BigInt.asUintN(64, (-1n << 32n) | BigInt(random.single() >>> 0));
          default:
            return random.doubleword();
        }
      };
      for (let n = 1; n < 32; n++) {
        if (xlen === 32) view.setInt32(4 * n, random.word(), true);
        else view.setBigUint64(8 * n, random.doubleword(), true);
      }
      view.setUint32(BASE * bytes, LAYOUT.area + MIDDLE, true);
      view.setUint32(STACK * bytes, LAYOUT.area + MIDDLE - 512, true);
      if (xlen === 64) for (const n of RESERVED) view.setUint32(n * bytes + 4, 0, true);
      for (let n = 0; n < 32; n++) view.setBigUint64(floats + 8 * n, value(), true);
      view.setUint32(fcsr, (random.below(5) << 5) | random.below(32), true);
      for (let at = MIDDLE - REACH; at < MIDDLE + REACH; at += 8) view.setBigUint64(at, value(), true);
      return area;
    },

    loadRegisters(core, area) {
      const hart = hartOf(core);
      for (let word = bytes / 4; word < 8 * bytes; word++) hart.x[word] = low(area, 4 * word);
      for (let word = 0; word < 64; word++) hart.floats.words[word] = low(area, floats + 4 * word);
      hart.fcsr = low(area, fcsr);
      hart.endReservation();
    },

    storeRegisters(core, area) {
      const hart = hartOf(core);
      for (let word = bytes / 4; word < 8 * bytes; word++) area.setInt32(4 * word, hart.x[word]!, true);
      for (let word = 0; word < 64; word++) area.setInt32(floats + 4 * word, hart.floats.words[word]!, true);
      area.setInt32(fcsr, hart.fcsr, true);
    },

    nameAt(offset) {
      if (offset < floats) return `x${Math.floor(offset / bytes)}`;
      if (offset < fcsr) return `f${Math.floor((offset - floats) / 8)}`;
      if (offset < fcsr + 4) return 'fcsr';
      return `memory[${offset - MIDDLE} + x8]`;
    },
  };
}

function hartOf(core: CachingCore): RiscvHart {
  if (!(core instanceof RiscvHart)) throw new Error('not a RISC-V core');
  return core;
}
