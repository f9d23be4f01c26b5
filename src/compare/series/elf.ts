/**
 * Links made-up procedures into an executable as a linker does with `--emit-relocs`: code, frame information,
 * symbols and the relocation of every call.
 *
 * Source: System V ABI, chapters 4 "Object Files" and 5 "Program Loading".
 */
import { LAYOUT_32, LAYOUT_64 } from '../../elf/layout.js';
import { ByteWriter } from './bytes.js';
import type { MadeProcedure, Maker } from './code.js';
import { ehFrame } from './frames.js';

/** Leaves as much room below as one jump reaches. */
const TEXT = 0x100000;
const ALIGNMENT = 16;
const WORD = 4;
const PAGE = 4096;

const EXECUTABLE = 2;
const SHT = { progbits: 1, symtab: 2, strtab: 3, rela: 4 };
const ALLOCATED_CODE = 6;
const ALLOCATED = 2;
const PT_LOAD = 1;
const READ_EXECUTE = 5;
const GLOBAL_PROCEDURE = 0x12;

interface SectionSpec {
  name: string;
  type: number;
  flags?: number;
  address?: number;
  bytes: Uint8Array;
  link?: number;
  info?: number;
  alignment: number;
  entrySize?: number;
}

/** The bytes of an ELF file that begins with the procedure `_start`. */
export function linkProgram(maker: Maker, procedures: readonly MadeProcedure[]): Uint8Array {
  const { bigEndian, bits } = maker;
  const starts = new Map<string, number>();
  let end = TEXT;
  for (const { name, words } of procedures) {
    starts.set(name, end);
    end += Math.ceil((words.length * WORD) / ALIGNMENT) * ALIGNMENT;
  }
  const startOf = (name: string): number => {
    const start = starts.get(name);
    if (start === undefined) throw new Error(`a made-up program has no procedure ${name}`);
    return start;
  };
  const text = new ByteWriter(bigEndian);
  const symbols = symbolTable(maker);
  const relocations = new ByteWriter(bigEndian, bits);
  for (const [index, { name, words, calls }] of procedures.entries()) {
    const start = startOf(name);
    symbols.add(name, start, words.length * WORD);
    const linked = [...words];
    for (const call of calls) {
      const at = start + call.index * WORD;
      const symbol = procedures.findIndex((procedure) => procedure.name === call.callee) + 1;
      linked[call.index] = maker.call(words[call.index]!, startOf(call.callee) - at);
      relocations.word(at);
      writeInfo(relocations, bits, symbol, maker.callRelocation);
      relocations.word(0);
    }
    for (const word of linked) text.u32(word);
    if (index < procedures.length - 1) text.align(ALIGNMENT);
  }
  text.align(ALIGNMENT);
  const frameAt = TEXT + text.length;
  const frame = ehFrame(
    maker,
    procedures.map(({ name, words, frame }) => ({ start: startOf(name), size: words.length * WORD, frame })),
    frameAt,
  );
  const layout = bits === 32 ? LAYOUT_32 : LAYOUT_64;
  return writeFile(maker, startOf('_start'), [
    {
      name: '.text',
      type: SHT.progbits,
      flags: ALLOCATED_CODE,
      address: TEXT,
      bytes: text.result(),
      alignment: ALIGNMENT,
    },
    {
      name: '.eh_frame',
      type: SHT.progbits,
      flags: ALLOCATED,
      address: frameAt,
      bytes: frame,
      alignment: WORD,
    },
    {
      name: '.rela.text',
      type: SHT.rela,
      bytes: relocations.result(),
      link: 4,
      info: 1,
      alignment: bits / 8,
      entrySize: layout.relocation.size,
    },
    {
      name: '.symtab',
      type: SHT.symtab,
      bytes: symbols.table(),
      link: 5,
      info: 1,
      alignment: bits / 8,
      entrySize: layout.symbol.size,
    },
    { name: '.strtab', type: SHT.strtab, bytes: symbols.names(), alignment: 1 },
  ]);
}

function writeInfo(out: ByteWriter, bits: 32 | 64, symbol: number, type: number): void {
  if (bits === 32) out.u32((symbol << 8) | type);
  else {
    // r_info is one word, of a little-endian machine.
    out.u32(type);
    out.u32(symbol);
  }
}

function symbolTable({ bigEndian, bits }: Maker): {
  add(name: string, address: number, size: number): void;
  table(): Uint8Array;
  names(): Uint8Array;
} {
  const table = new ByteWriter(bigEndian, bits);
  const names = new ByteWriter(bigEndian);
  const write = (name: number, info: number, section: number, address: number, size: number): void => {
    table.u32(name);
    if (bits === 32) {
      table.u32(address);
      table.u32(size);
    }
    table.u8(info);
    table.u8(0);
    table.u16(section);
    if (bits === 64) {
      table.word(address);
      table.word(size);
    }
  };
  names.string('');
  write(0, 0, 0, 0, 0);
  return {
    add: (name, address, size) => {
      write(names.length, GLOBAL_PROCEDURE, 1, address, size);
      names.string(name);
    },
    table: () => table.result(),
    names: () => names.result(),
  };
}

function writeFile(maker: Maker, entry: number, sections: readonly SectionSpec[]): Uint8Array {
  const { bigEndian, bits } = maker;
  const { header } = bits === 32 ? LAYOUT_32 : LAYOUT_64;
  const names = new ByteWriter(bigEndian);
  names.string('');
  const all = [...sections, { name: '.shstrtab', type: SHT.strtab, bytes: new Uint8Array(), alignment: 1 }];
  const nameAt = all.map(({ name }) => {
    const at = names.length;
    names.string(name);
    return at;
  });
  all[all.length - 1]!.bytes = names.result();
  const loaded = sections.filter(({ address }) => address !== undefined);
  const loadedSize = loaded.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // What is loaded stands first in the file, on a page of its own, and everything else behind it.
  const body = new ByteWriter(bigEndian, bits);
  const offsets = all.map(({ bytes, alignment, address }) => {
    if (address === undefined) body.align(alignment);
    const at = PAGE + body.length;
    body.append(bytes);
    return at;
  });
  body.align(bits / 8);
  const file = new ByteWriter(bigEndian, bits);
  for (const byte of [0x7f, 0x45, 0x4c, 0x46, bits / 32, bigEndian ? 2 : 1, 1]) file.u8(byte);
  file.align(16);
  file.u16(EXECUTABLE);
  file.u16(maker.machine);
  file.u32(1);
  file.word(entry);
  file.word(header.size);
  file.word(PAGE + body.length);
  file.u32(0);
  for (const half of [
    header.size,
    header.programs.size,
    1,
    header.sections.size,
    all.length + 1,
    all.length,
  ]) {
    file.u16(half);
  }
  file.u32(PT_LOAD);
  if (bits === 64) file.u32(READ_EXECUTE);
  for (const value of [PAGE, TEXT, TEXT, loadedSize, loadedSize]) file.word(value);
  if (bits === 32) file.u32(READ_EXECUTE);
  file.word(PAGE);
  file.align(PAGE);
  file.append(body.result());
  file.append(new Uint8Array(header.sections.size));
  for (const [i, section] of all.entries()) {
    const { type, flags = 0, address = 0, bytes, link = 0, info = 0, alignment, entrySize = 0 } = section;
    file.u32(nameAt[i]!);
    file.u32(type);
    for (const value of [flags, address, offsets[i]!, bytes.length]) file.word(value);
    file.u32(link);
    file.u32(info);
    file.word(alignment);
    file.word(entrySize);
  }
  return file.result();
}
