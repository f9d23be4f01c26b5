/** Random sequences of SPARC instructions of either version, see sequences.ts. */
import type { CachingCore } from '#suture/isa/caching-core.js';
import type { Values } from '#suture/isa/pattern.js';
import { SparcV9Hart } from '#suture/isa/sparc/hart-v9.js';
import { SparcHart } from '#suture/isa/sparc/hart.js';
import { sparc, sparcV8plus } from '#suture/isa/sparc/index.js';
import { row, TABLE } from '#suture/isa/sparc/table.js';
import { TABLE_V9 } from '#suture/isa/sparc/table-v9.js';
import {
  LAYOUT,
  type Destination,
  type Dialect,
  type Instruction,
  type Random,
  type Unit,
} from './sequences.js';

type Row = (typeof TABLE)[number];

/** g7 points to the middle of the area. */
const BASE = 7;
const MIDDLE = 4096;
const SP = 14;
const O7 = 15;
const FP = 30;
const RESERVED = [BASE, SP, FP];
/** Offsets from g7 that sequences use; stacks begin far above. */
const REACH = 1024;
/** The first of them hold what may be loaded into FSR, and nothing is stored there. */
const FSR_VALUES = 64;
const STACK = 3584;
const FRAME = 96;
const LONGEST_SKIP = 3;
const MOST_SAVES = 10;

/** What ends a program, time, and what the operating system has to do with. */
const ENDS_ELSEWHERE = new Set(['unimp', 'illtrap', 'taddcctv', 'tsubcctv', 'rdtick', 'rdfprs', 'wrfprs']);
/** The version of the unit, which is not told alike, is in what these store. */
const TELLS_VERSION = new Set(['stfsr', 'stxfsr']);
/** The primary address space, and the same for loads that do not fault. */
const PRIMARY = 0x80;
const NO_FAULT = 0x82;

/** Software trap. */
const FLUSH_WINDOWS = 3;
/** Functions that are not reserved. */
const PREFETCHES = [0, 1, 2, 3, 4, 16, 20, 31];

const WIDTHS: readonly [RegExp, number][] = [
  [/^(ldd|std|ldx|stx|casx|lddf|stdf|ldxfsr)/, 8],
  [/^(ldsb|ldub|ldba|lduba|stb|ldstub|prefetch)/, 1],
  [/^(ldsh|lduh|sth)/, 2],
];

class Generator {
  readonly rows: readonly Row[];

  constructor(private readonly table: readonly Row[]) {
    this.rows = table.filter(({ name }) => !ENDS_ELSEWHERE.has(name) && !TELLS_VERSION.has(name));
  }

  ins(name: string, fields: Values, to?: Destination): Instruction {
    const constant = 'simm13' in fields || 'imm7' in fields;
    const twoForms = this.table.some((row) => row.name === name && row.form !== undefined);
    const form = !twoForms ? undefined : constant ? 'immediate' : 'register';
    return { row: row(name, form, this.table), fields, ...(to && { to }) };
  }

  get nop(): Instruction {
    return this.ins('sethi', { rd: 0, imm22: 0 });
  }

  unit(random: Random): Unit {
    const row = random.pick(this.rows);
    const { name } = row;
    const skip = random.below(LONGEST_SKIP + 1);
    if (row.pattern.text.startsWith('11')) return this.access(random, row);
    for (const field of ['disp16', 'disp19', 'disp22', 'disp30']) {
      if (!row.pattern.fields.has(field)) continue;
      return [{ ...this.any(random, row), to: { field, skip, scale: 4 } }, this.slot(random)];
    }
    if (name === 'jmpl') return this.indirect(random, row, skip);
    if (name === 'return') return this.returning(random, row, skip);
    if (name === 'save' || name === 'restore') return this.windows(random, row);
    if (row.pattern.text.includes(' 111010 ')) return this.softwareTrap(random, row);
    if (name === 'flush') return [{ row, fields: { rs1: BASE, rs2: 0, simm13: 8 * random.below(64) } }];
    if (name === 'wrasi') return this.withConstant(random, row, { rs1: 0 }, PRIMARY);
    // Its upper bits are reserved in the version that is emulated here.
    if (name === 'wrgsr') return this.withConstant(random, row, { rs1: 0 }, random.below(128));
    if (/^[us]div/.test(name)) return this.division(random, row);
    return [this.any(random, row)];
  }

  /** Any values of the fields, as long as no reserved register is changed. */
  private any(random: Random, row: Row): Instruction {
    for (;;) {
      const fields: Values = {};
      for (const field of row.pattern.fields.values()) fields[field.name] = random.field(field);
      const { rd } = fields;
      const pair = row.pattern.fields.get('rd')?.segments[0]?.to === 1;
      const changed = rd === undefined || row.stores === true ? [] : pair ? [rd, rd + 1] : [rd];
      if (!changed.some((register) => RESERVED.includes(register))) return { row, fields };
    }
  }

  /** What may stand in a delay slot: an instruction that needs no other. */
  private slot(random: Random): Instruction {
    for (;;) {
      const unit = this.unit(random);
      const [only] = unit;
      if (unit.length === 1 && only!.to === undefined) return only!;
    }
  }

  private scratch(random: Random): number {
    for (;;) {
      const register = random.between(1, 31);
      if (!RESERVED.includes(register)) return register;
    }
  }

  /** An instruction whose second operand has this value, in whichever form. */
  private withConstant(random: Random, row: Row, fields: Values, value: number): Instruction[] {
    if (row.form === 'immediate') return [{ row, fields: { ...fields, simm13: value } }];
    // A global register, which is the same in every window.
    const register = random.between(1, BASE - 1);
    return [
      this.ins('or', { rd: register, rs1: 0, simm13: value }),
      { row, fields: { ...fields, rs2: register } },
    ];
  }

  private access(random: Random, row: Row): Unit {
    const { fields } = this.any(random, row);
    const width = WIDTHS.find(([pattern]) => pattern.test(row.name))?.[1] ?? 4;
    if ('fcn' in fields) fields.fcn = random.pick(PREFETCHES);
    const loads = row.stores !== true && !/^(cas|swap|ldstub)/.test(row.name);
    const space = 'asi' in fields ? { asi: loads && random.chance(3) ? NO_FAULT : PRIMARY } : {};
    if (/^(ldfsr|ldxfsr)$/.test(row.name)) {
      const offset = -REACH + 8 * random.below(FSR_VALUES / 8) + (row.name === 'ldfsr' ? 4 : 0);
      return this.withConstant(random, row, { rs1: BASE }, offset);
    }
    if (row.form === 'immediate' && !row.name.startsWith('cas')) {
      const offset = random.between(-REACH + FSR_VALUES, REACH - 8);
      return [
        { row, fields: { ...fields, ...space, rs1: BASE, simm13: Math.floor(offset / width) * width } },
      ];
    }
    const register = this.scratch(random);
    const mask = this.ins('and', { rd: register, rs1: register, simm13: (REACH - 1) & -width });
    if (row.name.startsWith('cas')) {
      const add = this.ins('add', { rd: register, rs1: register, rs2: BASE });
      return [mask, add, { row, fields: { ...fields, ...space, rs1: register } }];
    }
    return [mask, { row, fields: { ...fields, ...space, rs1: BASE, rs2: register } }];
  }

  private indirect(random: Random, row: Row, skip: number): Unit {
    const { rd } = this.any(random, row).fields;
    const to: Destination = { field: 'simm13', skip, scale: 4, from: 0 };
    const call = [this.ins('call', { disp30: 2 }), this.nop];
    const bytes: Destination = { ...to, scale: 1 };
    if (row.form === 'immediate') {
      return [...call, this.ins('jmpl', { rd: rd!, rs1: O7, simm13: 0 }, bytes), this.slot(random)];
    }
    return [
      ...call,
      this.ins('add', { rd: O7, rs1: O7, simm13: 0 }, bytes),
      this.ins('jmpl', { rd: rd!, rs1: O7, rs2: 0 }),
      this.slot(random),
    ];
  }

  private returning(random: Random, row: Row, skip: number): Unit {
    const to: Destination = { field: 'simm13', skip, scale: 1, from: 1 };
    const begin = [this.save(), this.ins('call', { disp30: 2 }), this.nop];
    if (row.form === 'immediate') {
      return [...begin, this.ins('return', { rs1: O7, simm13: 0 }, to), this.slot(random)];
    }
    return [
      ...begin,
      this.ins('add', { rd: O7, rs1: O7, simm13: 0 }, to),
      this.ins('return', { rs1: O7, rs2: 0 }),
      this.slot(random),
    ];
  }

  private save(): Instruction {
    return this.ins('save', { rd: SP, rs1: SP, simm13: -FRAME });
  }

  /** Down and up again, with something done in each window. */
  private windows(random: Random, row: Row): Unit {
    const restores = this.rows.filter(({ name }) => name === 'restore');
    const first = row.name === 'save' ? row : this.save().row;
    const down = Array.from({ length: random.between(1, MOST_SAVES) }, (_, i): Instruction[] => [
      ...(i === 0 ? this.withConstant(random, first as Row, { rd: SP, rs1: SP }, -FRAME) : [this.save()]),
      ...(random.chance(2) ? [this.slot(random)] : []),
    ]);
    const up = down.map(() => [
      this.any(random, random.pick(restores)),
      ...(random.chance(2) ? [this.slot(random)] : []),
    ]);
    return [...down.flat(), ...up.flat()];
  }

  /** One that the kernel serves without ending the program, if it is taken. */
  private softwareTrap(random: Random, row: Row): Unit {
    const { fields } = this.any(random, row);
    if (row.form === 'immediate') return [{ row, fields: { ...fields, rs1: 0, imm7: FLUSH_WINDOWS } }];
    const register = this.scratch(random);
    return [
      this.ins('or', { rd: register, rs1: 0, simm13: FLUSH_WINDOWS }),
      { row, fields: { ...fields, rs1: 0, rs2: register } },
    ];
  }

  private division(random: Random, row: Row): Unit {
    const { fields } = this.any(random, row);
    if (row.form === 'immediate') return [{ row, fields: { ...fields, simm13: fields.simm13! | 1 } }];
    const register = this.scratch(random);
    return [
      this.ins('or', { rd: register, rs1: register, simm13: 1 }),
      { row, fields: { ...fields, rs2: register } },
    ];
  }
}

export function sparcDialect(version: 'v8' | 'v9'): Dialect {
  const wide = version === 'v9';
  const generator = new Generator(wide ? TABLE_V9 : TABLE);
  const bytes = wide ? 8 : 4;
  const y = 32 * bytes;
  const codes = y + 4;
  const fsr = y + 8;
  const gsr = y + 16;
  const floats = y + 24;
  const floatWords = wide ? 64 : 32;
  /** Anything that ldfsr and ldxfsr take, without an exception that traps. */
  const fsrValue = (random: Random): [high: number, low: number] => [
    wide ? random.below(64) : 0,
    (random.below(4) << 30) | (random.below(4) << 10) | random.below(1024),
  ];
  return {
    name: wide ? 'v8plus' : 'sparc',
    isa: wide ? sparcV8plus : sparc,
    rows: generator.rows,
    unit: (random) => generator.unit(random),
    ending: (address) => [
      [generator.ins('ba', { a: 0, disp22: (LAYOUT.leave - address) / 4 }), generator.nop],
    ],
    sizeOf: () => 4,

    area(random) {
      const area = new Uint8Array(LAYOUT.areaSize);
      const view = new DataView(area.buffer);
      for (let n = 1; n < 32; n++) {
        if (wide) view.setBigUint64(8 * n, random.doubleword());
        else view.setInt32(4 * n, random.word());
      }
      const at = LAYOUT.area + MIDDLE;
      const pointers: [number, number][] = [
        [BASE, at],
        [SP, at + STACK],
        [FP, at + STACK + 3 * FRAME],
      ];
      for (const [register, value] of pointers) {
        if (wide) view.setBigUint64(8 * register, BigInt(value));
        else view.setUint32(4 * register, value);
      }
      view.setInt32(y, random.word());
      view.setUint32(codes, wide ? random.below(256) : 4);
      const [high, low] = fsrValue(random);
      view.setInt32(fsr, high);
      view.setInt32(fsr + 4, low);
      if (wide) view.setUint32(gsr + 4, random.below(128));
      const value = (): bigint => {
        switch (random.below(3)) {
          case 0:
            return random.double();
          case 1:
            return (BigInt(random.single() >>> 0) << 32n) | BigInt(random.single() >>> 0);
          default:
            return random.doubleword();
        }
      };
      for (let word = 0; word < floatWords; word += 2) view.setBigUint64(floats + 4 * word, value());
      for (let offset = -REACH; offset < REACH; offset += 8) view.setBigUint64(MIDDLE + offset, value());
      for (let offset = -REACH; offset < -REACH + FSR_VALUES; offset += 8) {
        const [upper, lower] = fsrValue(random);
        view.setInt32(MIDDLE + offset, upper);
        view.setInt32(MIDDLE + offset + 4, lower);
      }
      return area;
    },

    loadRegisters(core, area) {
      const hart = hartOf(core);
      for (let n = 1; n < 32; n++) {
        hart.set(n, area.getInt32(bytes * (n + 1) - 4));
        if (hart instanceof SparcV9Hart) hart.setHigh(n, area.getInt32(bytes * n));
      }
      hart.y = area.getInt32(y);
      hart.fsr = area.getInt32(fsr + 4);
      if (hart instanceof SparcV9Hart) {
        hart.ccr = area.getUint8(codes + 3);
        hart.fsrHigh = area.getInt32(fsr);
        hart.gsr = area.getInt32(gsr + 4);
        hart.asi = PRIMARY;
      } else hart.icc = area.getInt32(codes);
      for (let word = 0; word < floatWords; word++) {
        hart.floats.words[word ^ 1] = area.getInt32(floats + 4 * word);
      }
    },

    storeRegisters(core, area) {
      const hart = hartOf(core);
      for (let n = 1; n < 32; n++) {
        area.setInt32(bytes * (n + 1) - 4, hart.get(n));
        if (hart instanceof SparcV9Hart) area.setInt32(bytes * n, hart.getHigh(n));
      }
      area.setInt32(y, hart.y);
      area.setInt32(fsr + 4, hart.fsr);
      if (hart instanceof SparcV9Hart) {
        area.setUint8(codes + 3, hart.ccr);
        area.setInt32(fsr, hart.fsrHigh);
        area.setInt32(gsr, 0);
        area.setInt32(gsr + 4, hart.gsr);
      } else area.setInt32(codes, hart.icc);
      for (let word = 0; word < floatWords; word++) {
        area.setInt32(floats + 4 * word, hart.floats.words[word ^ 1]!);
      }
    },

    finish(core) {
      hartOf(core).flushWindows();
    },

    nameAt(offset) {
      if (offset < y) return `r${Math.floor(offset / bytes)}`;
      if (offset < codes) return 'y';
      if (offset < fsr) return wide ? 'ccr' : 'icc';
      // The version of the unit is no result.
      if (offset < gsr) return offset === fsr + 5 ? undefined : 'fsr';
      if (offset < floats) return wide ? 'gsr' : undefined;
      if (offset < floats + 4 * floatWords) return `f${Math.floor((offset - floats) / 4)}`;
      return `memory[${offset - MIDDLE} + g7]`;
    },
  };
}

function hartOf(core: CachingCore): SparcHart {
  if (!(core instanceof SparcHart)) throw new Error('not a SPARC core');
  return core;
}
