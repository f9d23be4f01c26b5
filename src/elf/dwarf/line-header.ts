/** What a line number program begins with. Source: DWARF 5, section 6.2.4; DWARF 4, the same section. */
import type { ByteReader } from '../byte-reader.js';
import { hex } from '../errors.js';
import { readValue } from './forms.js';
import type { DebugSections } from './sections.js';

export interface LineHeader {
  /** Bytes of the shortest instruction. */
  leastInstruction: number;
  lineBase: number;
  lineRange: number;
  opcodeBase: number;
  /** Operands of standard opcode 1 and so on. */
  operands: readonly number[];
  /** By the number the program gives them: from 1 up to DWARF 4, from 0 in DWARF 5. */
  files: readonly (string | undefined)[];
}

const DW_LNCT = { path: 1, directory: 2 } as const;
const MOST_COLUMNS = 16;
/** Bytes of a file table that needs none are bounded by this. */
const MOST_FILES = 100_000;

export function readLineHeader(
  sections: DebugSections,
  offset: number,
): { header: LineHeader; program: ByteReader } {
  const fail = (detail: string): Error => sections.error(`the line program at ${hex(offset)} ${detail}`);
  const whole = sections.reader('.debug_line', offset);
  const length = whole.u32();
  if (length === 0xffffffff) throw fail('is in the 64-bit DWARF format; compile without -gdwarf64');
  if (length > whole.left) throw fail(`has ${length} bytes, ${whole.left} are left: it is cut short`);
  const program = sections.reader('.debug_line', whole.at, whole.at + length);
  const version = program.u16();
  if (version < 3 || version > 5) throw fail(`is of version ${version}; 3 to 5 are read`);
  if (version === 5) {
    const addressSize = program.u8();
    const selectorSize = program.u8();
    if (addressSize !== sections.addressSize || selectorSize !== 0) {
      throw fail(
        `has addresses of ${addressSize} bytes and segments of ${selectorSize}; ${sections.addressSize} and 0 are right`,
      );
    }
  }
  const headerLength = program.u32();
  const body = program.part(headerLength);
  const leastInstruction = body.u8();
  const operationsAtOnce = version >= 4 ? body.u8() : 1;
  if (operationsAtOnce !== 1) throw fail('is for a VLIW machine');
  body.u8(); // default_is_stmt
  const lineBase = (body.u8() << 24) >> 24;
  const lineRange = body.u8();
  const opcodeBase = body.u8();
  if (lineRange === 0 || opcodeBase === 0)
    throw fail(`has line range ${lineRange} and opcode base ${opcodeBase}`);
  const operands = Array.from({ length: opcodeBase - 1 }, () => body.u8());
  const files = version === 5 ? readFiles(sections, body) : readOldFiles(body);
  return { header: { leastInstruction, lineBase, lineRange, opcodeBase, operands, files }, program };
}

function readOldFiles(body: ByteReader): (string | undefined)[] {
  const directories = [''];
  for (let name = body.string(); name !== ''; name = body.string()) directories.push(name);
  const files: (string | undefined)[] = [undefined];
  for (let name = body.string(); name !== ''; name = body.string()) {
    files.push(join(directories[body.uleb()], name));
    body.uleb64(); // time of the last modification
    body.uleb64(); // size
  }
  return files;
}

function readFiles(sections: DebugSections, body: ByteReader): (string | undefined)[] {
  const directories = readTable(sections, body).map(({ path }) => path);
  // The first directory is the one the compiler ran in: what lies there is named as it was given.
  directories[0] = '';
  return readTable(sections, body).map(({ path, directory }) => join(directories[directory], path));
}

function readTable(sections: DebugSections, body: ByteReader): { path: string; directory: number }[] {
  const columns = Array.from({ length: body.u8() }, () => ({ content: body.uleb(), form: body.uleb() }));
  const count = body.uleb();
  if (columns.length > MOST_COLUMNS || count > MOST_FILES) {
    throw sections.error(
      `a table of ${count} files with ${columns.length} columns; at most ${MOST_FILES} and ${MOST_COLUMNS} are read`,
    );
  }
  const rows = [];
  for (let i = 0; i < count; i++) {
    const row = { path: '', directory: 0 };
    sections.spend();
    for (const { content, form } of columns) {
      const value = readValue(body, { form, constant: 0 }, 0, sections, '.debug_line');
      if (content === DW_LNCT.directory && value.kind === 'constant') row.directory = value.value;
      if (content === DW_LNCT.path && value.kind === 'string') {
        row.path = sections.string(value.section, value.offset);
      }
    }
    rows.push(row);
  }
  return rows;
}

const join = (directory: string | undefined, name: string): string =>
  directory === undefined || directory === '' || name.startsWith('/') ? name : `${directory}/${name}`;
