/**
 * Call-frame information: for an instruction, where its caller's registers are.
 *
 * Reads `.eh_frame` and `.debug_frame`. Expressions (DW_CFA_def_cfa_expression and friends) are not
 * evaluated: a frame that needs one is reported as having no rule, never guessed.
 *
 * Source: DWARF Debugging Information Format 5, section 6.4; Linux Standard Base, "Exception Frames".
 */
import { ByteReader } from './byte-reader.js';
import { ElfError, hex } from './errors.js';
import type { Image } from './image.js';
import type { Section } from './section.js';
import { ADDRESS_LIMIT } from './layout.js';
import { countUpTo } from './symbol-index.js';

/** Where a register of the caller is: unchanged, lost, in memory at CFA + offset, or in another register. */
export type RegisterRule =
  | { kind: 'same' }
  | { kind: 'undefined' }
  | { kind: 'memory'; offset: number }
  | { kind: 'register'; register: number };

export interface FrameRule {
  /** CFA = register + offset. */
  cfaRegister: number;
  cfaOffset: number;
  registers: ReadonlyMap<number, RegisterRule>;
  returnRegister: number;
  /** SPARC: the procedure has executed its `save` (DW_CFA_GNU_window_save). */
  windowSaved: boolean;
}

/** A rule and the address it holds from; undefined where there is none. */
interface FrameRow {
  address: number;
  rule: FrameRule | undefined;
}

interface CommonInformation {
  codeAlignment: number;
  dataAlignment: number;
  returnRegister: number;
  pointerEncoding: number;
  /** Bytes of an address that is not encoded otherwise. */
  addressSize: number;
  augmented: boolean;
  program: ByteReader;
}

interface FrameDescription {
  start: number;
  end: number;
  common: CommonInformation;
  program: ByteReader;
}

interface Row {
  cfaRegister: number;
  cfaOffset: number;
  registers: Map<number, RegisterRule>;
  windowSaved: boolean;
}

const DW_EH_PE = {
  absptr: 0x00,
  udata4: 0x03,
  udata8: 0x04,
  sdata4: 0x0b,
  sdata8: 0x0c,
  pcrel: 0x10,
} as const;
const MOST_STATES = 64;
/** More than any processor has; keeps a hostile file from making every row long. */
const MOST_REGISTERS = 256;

const MOST_KNOWN = 1 << 16;

/** The frames of one program, sorted by address. */
export class CallFrames {
  /** What `ruleAt` has found, for walks come by the same places again and again. */
  private readonly known = new Map<number, FrameRule | undefined>();

  private constructor(private readonly frames: readonly FrameDescription[]) {}

  /** @throws ElfError when the information is cut short or malformed. */
  static read(image: Image): CallFrames {
    const frames: FrameDescription[] = [];
    for (const section of image.sections) {
      if (section.name === '.eh_frame' || section.name === '.debug_frame')
        readSection(image, section, frames);
    }
    return new CallFrames(frames.sort((a, b) => a.start - b.start));
  }

  /** The rule at `pc`, or undefined where the program has none or one that cannot be followed. */
  ruleAt(pc: number): FrameRule | undefined {
    if (this.known.has(pc)) return this.known.get(pc);
    const rule = this.ruleOf(pc);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(pc, rule);
    return rule;
  }

  private ruleOf(pc: number): FrameRule | undefined {
    const frame = this.frames[countUpTo(this.frames, pc, (f) => f.start) - 1];
    if (frame === undefined || pc >= frame.end) return undefined;
    const initial = execute(frame.common, frame.common.program, frame.start, frame.start, undefined);
    const row = initial && execute(frame.common, frame.program, frame.start, pc, initial);
    return row && { ...row, returnRegister: frame.common.returnRegister };
  }

  /** The rules of `[start, end)`, each with the address it holds from: what `ruleAt` says, all at once. */
  rows(start: number, end: number): FrameRow[] {
    const rows: FrameRow[] = [];
    for (let at = start; at < end;) {
      const next = countUpTo(this.frames, at, (f) => f.start);
      const frame = this.frames[next - 1];
      const covered = frame !== undefined && at < frame.end;
      const limit = Math.min(end, this.frames[next]?.start ?? end, covered ? frame.end : end);
      if (covered) rows.push(...rowsOf(frame, at, limit));
      else rows.push({ address: at, rule: undefined });
      at = limit;
    }
    return rows;
  }
}

/** The rules of a frame in `[start, end)`; from where it needs something that is not evaluated there is none. */
function rowsOf(
  { common, program, start: origin }: FrameDescription,
  start: number,
  end: number,
): FrameRow[] {
  const rows: FrameRow[] = [];
  const add = (from: number, rule: FrameRule | undefined): void => {
    const address = Math.max(from, start);
    while (rows.length > 0 && rows.at(-1)!.address >= address) rows.pop();
    if (address < end) rows.push({ address, rule });
  };
  const initial = execute(common, common.program, origin, origin, undefined);
  let reached = origin;
  const last =
    initial &&
    execute(common, program, origin, end - 1, initial, (from, to, row) => {
      add(from, { ...copyRow(row), returnRegister: common.returnRegister });
      reached = to;
    });
  if (reached < end) add(reached, last && { ...last, returnRegister: common.returnRegister });
  return rows;
}

function readSection(image: Image, section: Section, frames: FrameDescription[]): void {
  const eh = section.name === '.eh_frame';
  const fail = (detail: string): ElfError =>
    new ElfError(image.name, 'bad-frame-information', `${section.name}: ${detail}`);
  const reader = new ByteReader(section.bytes, image.bigEndian, fail);
  const commons = new Map<number, CommonInformation>();
  while (reader.left > 0) {
    const entry = reader.at;
    const length = reader.u32();
    if (length === 0) break;
    if (length === 0xffffffff) throw fail('entries of the 64-bit DWARF format are not supported');
    const body = reader.part(length);
    const idAt = entry + 4;
    const id = body.u32();
    if (id === (eh ? 0 : 0xffffffff)) {
      const common = readCommon(body, image.bits / 8, fail);
      if (common !== undefined) commons.set(entry, common);
      continue;
    }
    const common = commons.get(eh ? idAt - id : id);
    if (common === undefined) continue;
    const start = readPointer(body, common, common.pointerEncoding, section.address + idAt + 4, fail);
    const size = readPointer(body, common, common.pointerEncoding & 0x0f, 0, fail);
    if (common.augmented) body.part(body.uleb());
    frames.push({ start, end: start + size, common, program: body });
  }
}

function readCommon(
  body: ByteReader,
  addressSize: number,
  fail: (detail: string) => ElfError,
): CommonInformation | undefined {
  const version = body.u8();
  const augmentation = body.string();
  if (version === 4) {
    const size = body.u8();
    const segmentSize = body.u8();
    if (size !== addressSize || segmentSize !== 0) {
      throw fail(`addresses of ${size} bytes and segments of ${segmentSize}; ${addressSize} and 0 are right`);
    }
  } else if (version !== 1 && version !== 3) throw fail(`version ${version} of an entry is unknown`);
  const codeAlignment = body.uleb();
  const dataAlignment = body.sleb();
  const returnRegister = version === 1 ? body.u8() : body.uleb();
  let pointerEncoding: number = DW_EH_PE.absptr;
  const augmented = augmentation.startsWith('z');
  if (augmented) {
    const data = body.part(body.uleb());
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') pointerEncoding = data.u8();
      else if (letter === 'L') data.u8();
      else if (letter === 'P') readEncoded(data, data.u8(), addressSize, fail);
      else if (letter !== 'S' && letter !== 'B') break;
    }
  } else if (augmentation !== '') return undefined;
  const fixed = { codeAlignment, dataAlignment, returnRegister, pointerEncoding, addressSize, augmented };
  return { ...fixed, program: body };
}

function readPointer(
  body: ByteReader,
  { addressSize }: { addressSize: number },
  encoding: number,
  address: number,
  fail: (detail: string) => ElfError,
): number {
  const value = readEncoded(body, encoding, addressSize, fail);
  const pointer = (encoding & 0x70) === DW_EH_PE.pcrel ? address + value : value;
  if (addressSize === 4) return pointer >>> 0;
  if (pointer >= 0 && pointer < ADDRESS_LIMIT) return pointer;
  throw fail(`the pointer ${hex(pointer)} lies beyond 4 GiB; link at a lower address`);
}

/** The bare number of a pointer, to which nothing is added yet. */
function readEncoded(
  body: ByteReader,
  encoding: number,
  addressSize: number,
  fail: (detail: string) => ElfError,
): number {
  const relative = encoding & 0x70;
  const known = relative === 0 || relative === DW_EH_PE.pcrel;
  switch (known ? encoding & 0x0f : -1) {
    case DW_EH_PE.absptr:
      return addressSize === 8 ? body.s64() : body.u32();
    case DW_EH_PE.udata4:
      return body.u32();
    case DW_EH_PE.sdata4:
      return body.u32() | 0;
    case DW_EH_PE.udata8:
    case DW_EH_PE.sdata8:
      return body.s64();
    default:
      throw fail(`pointer encoding ${hex(encoding)} is not supported`);
  }
}

const advanceOf = (program: ByteReader, opcode: number): number =>
  opcode === 2 ? program.u8() : opcode === 3 ? program.u16() : program.u32();

const copyRow = (row: Row): Row => ({ ...row, registers: new Map(row.registers) });

/**
 * Runs a call-frame program up to `pc`; undefined when it needs something that is not evaluated.
 * `initial` holds the rules that DW_CFA_restore goes back to; `leave` sees every row and where it holds.
 */
function execute(
  common: CommonInformation,
  source: ByteReader,
  start: number,
  pc: number,
  initial: Row | undefined,
  leave?: (from: number, to: number, row: Row) => void,
): Row | undefined {
  const program = source.copy();
  let row = copyRow(initial ?? { cfaRegister: 0, cfaOffset: 0, registers: new Map(), windowSaved: false });
  const saved: Row[] = [];
  let location = start;
  /** Whether the row as it is now is the one at `pc`. */
  const passes = (to: number): boolean => {
    if (to > location) leave?.(location, to, row);
    location = to;
    return location > pc;
  };
  const restore = (register: number): void => {
    const rule = initial?.registers.get(register);
    if (rule === undefined) row.registers.delete(register);
    else row.registers.set(register, rule);
  };
  while (program.left > 0) {
    if (row.registers.size > MOST_REGISTERS) return undefined;
    const opcode = program.u8();
    const operand = opcode & 0x3f;
    switch (opcode & 0xc0) {
      case 0x40: // DW_CFA_advance_loc
        if (passes(location + operand * common.codeAlignment)) return row;
        continue;
      case 0x80: // DW_CFA_offset
        row.registers.set(operand, { kind: 'memory', offset: program.uleb() * common.dataAlignment });
        continue;
      case 0xc0: // DW_CFA_restore
        restore(operand);
        continue;
    }
    switch (opcode) {
      case 0x00: // DW_CFA_nop
        break;
      case 0x01: // DW_CFA_set_loc
        if (common.pointerEncoding !== DW_EH_PE.absptr) return undefined;
        if (passes(common.addressSize === 8 ? program.s64() : program.u32())) return row;
        break;
      case 0x02: // DW_CFA_advance_loc1, 2, 4
      case 0x03:
      case 0x04:
        if (passes(location + advanceOf(program, opcode) * common.codeAlignment)) return row;
        break;
      case 0x05: // DW_CFA_offset_extended
        row.registers.set(program.uleb(), { kind: 'memory', offset: program.uleb() * common.dataAlignment });
        break;
      case 0x06: // DW_CFA_restore_extended
        restore(program.uleb());
        break;
      case 0x07: // DW_CFA_undefined
        row.registers.set(program.uleb(), { kind: 'undefined' });
        break;
      case 0x08: // DW_CFA_same_value
        row.registers.set(program.uleb(), { kind: 'same' });
        break;
      case 0x09: // DW_CFA_register
        row.registers.set(program.uleb(), { kind: 'register', register: program.uleb() });
        break;
      case 0x0a: // DW_CFA_remember_state
        if (saved.length >= MOST_STATES) return undefined;
        saved.push(copyRow(row));
        break;
      case 0x0b: {
        // DW_CFA_restore_state
        const before = saved.pop();
        if (before === undefined) return undefined;
        row = before;
        break;
      }
      case 0x0c: // DW_CFA_def_cfa
        row.cfaRegister = program.uleb();
        row.cfaOffset = program.uleb();
        break;
      case 0x0d: // DW_CFA_def_cfa_register
        row.cfaRegister = program.uleb();
        break;
      case 0x0e: // DW_CFA_def_cfa_offset
        row.cfaOffset = program.uleb();
        break;
      case 0x11: // DW_CFA_offset_extended_sf
        row.registers.set(program.uleb(), { kind: 'memory', offset: program.sleb() * common.dataAlignment });
        break;
      case 0x12: // DW_CFA_def_cfa_sf
        row.cfaRegister = program.uleb();
        row.cfaOffset = program.sleb() * common.dataAlignment;
        break;
      case 0x13: // DW_CFA_def_cfa_offset_sf
        row.cfaOffset = program.sleb() * common.dataAlignment;
        break;
      case 0x2d: // DW_CFA_GNU_window_save
        row.windowSaved = true;
        break;
      case 0x2e: // DW_CFA_GNU_args_size
        program.uleb();
        break;
      default:
        return undefined;
    }
  }
  return row;
}
