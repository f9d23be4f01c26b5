import { expect, test } from 'vitest';
import { CallFrames, ElfError, readImage, type ElfProblem } from '#suture/elf/index.js';
import { bytesOf, imageOf } from '../support/programs.js';

type Change = (bytes: Uint8Array, view: DataView) => void;

/** A copy of the program with something wrong. */
function changed(source: Uint8Array, ...changes: Change[]): Uint8Array {
  const bytes = source.slice();
  for (const change of changes) change(bytes, new DataView(bytes.buffer));
  return bytes;
}

const put8 =
  (offset: number, value: number): Change =>
  (bytes) => {
    bytes[offset] = value;
  };
const put16 =
  (offset: number, value: number, little: boolean): Change =>
  (_bytes, view) => {
    view.setUint16(offset, value, little);
  };

/** Where the numbers of a file of each class stand; written down apart from the reader's own. */
const CLASSES = {
  32: {
    word: 4,
    header: { size: 52, programs: 28, sections: 32, sectionSize: 46, programCount: 44, names: 50 },
    program: { size: 32, offset: 4, address: 8, fileSize: 16, memorySize: 20, flags: 24 },
    section: { size: 40, flags: 8, address: 12, offset: 16, bytes: 20, info: 28 },
    symbol: { size: 16, info: 12, address: 4, bytes: 8 },
    relocation: { size: 12, info: 4, addend: 8 },
  },
  64: {
    word: 8,
    header: { size: 64, programs: 32, sections: 40, sectionSize: 58, programCount: 56, names: 62 },
    program: { size: 56, offset: 8, address: 16, fileSize: 32, memorySize: 40, flags: 4 },
    section: { size: 64, flags: 8, address: 16, offset: 24, bytes: 32, info: 44 },
    symbol: { size: 24, info: 4, address: 8, bytes: 16 },
    relocation: { size: 24, info: 8, addend: 16 },
  },
} as const;

interface Subject {
  name: string;
  little: boolean;
  bits: 32 | 64;
  bytes: Uint8Array;
  /** A smaller program, for tests that read it thousands of times. */
  small: Uint8Array;
}

const V8PLUS = put16(18, 18, false);
const SUBJECTS: Subject[] = (['rv32', 'rv64', 'sparc', 'v8plus'] as const).map((name) => {
  const isa = name === 'v8plus' ? 'sparc' : name;
  const change: Change[] = name === 'v8plus' ? [V8PLUS] : [];
  const read = (program: string): Uint8Array =>
    changed(bytesOf(`targets/${program}/${program}.${isa}.elf`), ...change);
  const bits = name === 'rv64' ? 64 : 32;
  return { name, little: name.startsWith('rv'), bits, bytes: read('teller'), small: read('faults') };
});
const subject = (name: string): Subject => SUBJECTS.find((s) => s.name === name)!;

/** A file's numbers by name instead of by offset. */
class Fields {
  readonly at;
  constructor(
    private readonly view: DataView,
    private readonly of: Subject,
  ) {
    this.at = CLASSES[of.bits];
  }

  word(at: number): number {
    const { little } = this.of;
    return this.at.word === 4 ? this.view.getUint32(at, little) : Number(this.view.getBigUint64(at, little));
  }

  setWord(at: number, value: number | bigint): void {
    if (this.at.word === 4)
      this.view.setUint32(at, Number(BigInt.asUintN(32, BigInt(value))), this.of.little);
    else this.view.setBigUint64(at, BigInt(value), this.of.little);
  }

  half(at: number, value?: number): number {
    if (value !== undefined) this.view.setUint16(at, value, this.of.little);
    return this.view.getUint16(at, this.of.little);
  }

  four(at: number, value?: number): number {
    if (value !== undefined) this.view.setUint32(at, value, this.of.little);
    return this.view.getUint32(at, this.of.little);
  }

  /** File offset of the header of the first section of this type. */
  section(type: number): number {
    const { header, section } = this.at;
    const table = this.word(header.sections);
    for (let i = 0; i < this.half(header.names - 2); i++) {
      const at = table + section.size * i;
      if (this.four(at + 4) === type) return at;
    }
    throw new Error(`no section of type ${type}`);
  }

  contents(type: number): number {
    return this.word(this.section(type) + this.at.section.offset);
  }

  /** File offset of the program header of the first segment of this type. */
  segment(type: number): number {
    const { header, program } = this.at;
    for (let i = 0; i < this.half(header.programCount); i++) {
      const at = this.word(header.programs) + program.size * i;
      if (this.four(at) === type) return at;
    }
    throw new Error(`no segment of type ${type}`);
  }

  /** File offset of the first procedure's symbol. */
  procedure(): number {
    const { symbol } = this.at;
    let at = this.contents(SYMTAB);
    while ((this.view.getUint8(at + symbol.info) & 15) !== STT_FUNC) at += symbol.size;
    return at;
  }
}

const SYMTAB = 2;
const RELA = 4;
const STT_FUNC = 2;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PT_NOTE = 4;

type Case = [string, Uint8Array, ElfProblem, RegExp];

/** What can be wrong with a program of any kind. */
function casesOf(of: Subject): Case[] {
  const { bytes, bits, little } = of;
  const right = CLASSES[bits];
  const wrong = (change: (fields: Fields, view: DataView) => void): Uint8Array =>
    changed(bytes, (_bytes, view) => {
      change(new Fields(view, of), view);
    });
  const header = right.header;
  const cases: Case[] = [
    [
      'cut in the header',
      bytes.slice(0, header.size - 12),
      'truncated',
      /ends after \d+ bytes, inside the ELF/,
    ],
    ['cut in the identification', bytes.slice(0, 10), 'truncated', /ends after 10 bytes/],
    [
      'cut in the section table',
      bytes.slice(0, -100),
      'truncated',
      /section table \(\d+ entries .* cut short/,
    ],
    ['cut in a segment', bytes.slice(0, 2000), 'truncated', /cut short/],
    [
      'made for an x86-64',
      wrong((f) => f.half(18, 62)),
      'unsupported-machine',
      /x86-64 \(e_machine 62\); suture reads RISC-V/,
    ],
    ['of class 3', changed(bytes, put8(4, 3)), 'unsupported-class', /ELF class 3; class 1 \(32-bit\)/],
    [
      'with the mark of the other byte order',
      changed(bytes, put8(5, little ? 2 : 1)),
      'wrong-byte-order',
      little ? /marked big-endian/ : /marked little-endian/,
    ],
    [
      'of the other byte order',
      changed(
        bytes,
        put8(5, little ? 2 : 1),
        put16(18, new Fields(new DataView(bytes.buffer), of).half(18), !little),
      ),
      'wrong-byte-order',
      little
        ? /a big-endian RISC-V file; it must be little-endian/
        : /a little-endian SPARC.* must be big-endian/,
    ],
    [
      'an object file',
      wrong((f) => f.half(16, 1)),
      'unsupported-type',
      /ELF type 1: a relocatable object.* -static -no-pie/,
    ],
    [
      'position-independent',
      wrong((f) => f.half(16, 3)),
      'unsupported-type',
      /ELF type 3: .*position-independent.* -static -no-pie/,
    ],
    [
      'dynamically linked',
      wrong((f, view) => {
        const at = f.segment(PT_NOTE);
        f.four(at, PT_INTERP);
        const path = f.word(at + right.program.offset);
        Buffer.from('/lib/ld.so\0').forEach((c, i) => {
          view.setUint8(path + i, c);
        });
      }),
      'unsupported-type',
      /dynamically linked program, which needs \/lib\/ld\.so; link with -static -no-pie/,
    ],
    [
      'dynamically linked with a path that is none',
      wrong((f) => f.four(f.segment(PT_NOTE), PT_INTERP)),
      'unsupported-type',
      /which needs a loader; link/,
    ],
    [
      'with sections of a wrong size',
      wrong((f) => f.half(header.sectionSize, 72)),
      'bad-header',
      bits === 64 ? /section table are 72 bytes; 64 is/ : /section table are 72 bytes; 40 is/,
    ],
    [
      'with a program header table far beyond the file',
      wrong((f) => {
        f.setWord(header.programs, bits === 64 ? 2n ** 63n : 2n ** 31n);
      }),
      'truncated',
      /program header table .* cut short/,
    ],
    [
      'without its section name table',
      wrong((f) => f.half(header.names, 999)),
      'bad-section',
      /section name table 999 does not exist/,
    ],
    [
      'with a symbol table that ends inside a symbol',
      wrong((f) => {
        const at = f.section(SYMTAB) + right.section.bytes;
        f.setWord(at, f.word(at) - 7);
      }),
      'truncated',
      bits === 64 ? /not a multiple of 24: it ends inside/ : /not a multiple of 16: it ends inside a symbol/,
    ],
    [
      'with a symbol whose name lies outside the string table',
      wrong((f) => f.four(f.contents(SYMTAB) + right.symbol.size * 20, 0xffffff)),
      'bad-symbol',
      /symbol 20 has its name at 0xffffff of a string table of/,
    ],
    [
      'with a symbol outside its section',
      wrong((f) => {
        f.setWord(f.procedure() + right.symbol.bytes, 0xfffffff0);
      }),
      'bad-symbol',
      /lies outside its section \.text/,
    ],
    [
      'with a relocation table that ends inside a relocation',
      wrong((f) => {
        const at = f.section(RELA) + right.section.bytes;
        f.setWord(at, f.word(at) - 1);
      }),
      'truncated',
      bits === 64
        ? /not a multiple of 24: it ends inside/
        : /not a multiple of 12: it ends inside a relocation/,
    ],
    [
      'with a relocation against a symbol that does not exist',
      wrong((f) => {
        const at = f.contents(RELA) + right.relocation.info;
        f.setWord(at, bits === 64 ? 0xfffffn << 32n : 0xfffff << 8);
      }),
      'bad-relocation',
      /names symbol 1048575 of/,
    ],
    [
      'with a relocation outside its section',
      wrong((f) => {
        f.setWord(f.contents(RELA), 0xfffffff0);
      }),
      'bad-relocation',
      /\.rela\.\w+ relocates 0xfffffff0, outside \.\w+/,
    ],
    ['without segments', wrong((f) => f.half(header.programCount, 0)), 'bad-segment', /no segment to load/],
    [
      'with a segment larger in the file than in memory',
      wrong((f) => {
        f.setWord(f.segment(PT_LOAD) + right.program.memorySize, 1);
      }),
      'bad-segment',
      /bytes in the file and only 0x1 in memory/,
    ],
    [
      'with a segment beyond the address space',
      wrong((f) => {
        f.setWord(f.segment(PT_LOAD) + right.program.memorySize, 0xffffffff);
      }),
      'bad-segment',
      /ends beyond the 32-bit address space/,
    ],
  ];
  return cases.map(([what, ...rest]) => [`a ${of.name} file ${what}`, ...rest]);
}

/** What only a file with 64-bit numbers can have. */
function casesOf64(of: Subject): Case[] {
  const { program, section, symbol, relocation } = CLASSES[64];
  const wrong = (change: (fields: Fields) => void): Uint8Array =>
    changed(of.bytes, (_bytes, view) => {
      change(new Fields(view, of));
    });
  const upper = (at: (fields: Fields) => number): Uint8Array =>
    wrong((f) => {
      f.setWord(at(f), BigInt(f.word(at(f))) + 2n ** 32n);
    });
  return [
    ['an entry beyond 4 GiB', upper(() => 24), 'bad-header', /its entry 0x1000\w+ lies beyond 4 GiB/],
    [
      'a segment beyond 4 GiB',
      upper((f) => f.segment(PT_LOAD) + program.address),
      'bad-segment',
      /segment 1 \(address 0x1000\w+\).* 64-bit programs too are placed below 4 GiB/,
    ],
    [
      'a segment beyond everything',
      wrong((f) => {
        f.setWord(f.segment(PT_LOAD) + program.address, 2n ** 64n - 1n);
      }),
      'bad-segment',
      /64-bit programs too/,
    ],
    [
      'a section beyond 4 GiB',
      upper((f) => f.section(1) + section.address),
      'bad-section',
      /section \d+ \(0x1000\w+, .* below 4 GiB/,
    ],
    [
      'a segment at a far offset',
      upper((f) => f.segment(PT_LOAD) + program.offset),
      'truncated',
      /cut short/,
    ],
    ['a section of a giant size', upper((f) => f.section(SYMTAB) + section.bytes), 'bad-section', /beyond/],
    ['a symbol beyond 4 GiB', upper((f) => f.procedure() + symbol.address), 'bad-symbol', /beyond 4 GiB/],
    ['a symbol of a giant size', upper((f) => f.procedure() + symbol.bytes), 'bad-symbol', /beyond 4 GiB/],
    [
      'a relocation beyond 4 GiB',
      upper((f) => f.contents(RELA)),
      'bad-relocation',
      /relocates 0x1000\w+, outside/,
    ],
    [
      'a relocation that adds too much',
      wrong((f) => {
        f.setWord(f.contents(RELA) + relocation.addend, 2n ** 40n);
      }),
      'bad-relocation',
      /adds 0x1\w+, more than 4 GiB/,
    ],
  ];
}

const cases: Case[] = [
  ['nothing', new Uint8Array(), 'not-elf', /does not begin with 7f 45 4c 46/],
  ['a text', Buffer.from('#!/bin/sh\necho hello\n'), 'not-elf', /does not begin with 7f 45 4c 46/],
  [
    'a 64-bit SPARC file',
    changed(subject('sparc').bytes, put16(18, 43, false), put8(4, 2)),
    'unsupported-machine',
    /SPARC V9 \(e_machine 43\);.* compile with -m32/,
  ],
  ...(['sparc', 'v8plus'] as const).map((name): Case => [
    `a ${name} file of class 2`,
    changed(subject(name).bytes, put8(4, 2)),
    'unsupported-class',
    /ELF class 2; class 1 \(32-bit\) is supported/,
  ]),
  ...SUBJECTS.flatMap(casesOf),
  ...casesOf64(subject('rv64')),
];

test.each(cases)(
  '%s is refused with what is wrong and what would be right',
  (_name, bytes, problem, message) => {
    try {
      readImage(bytes, 'bad.elf');
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      expect(error.problem).toBe(problem);
      expect(error.message).toMatch(/^bad\.elf: [^\n]+$/);
      expect(error.message).toMatch(message);
      return;
    }
    throw new Error('it was read');
  },
);

const byName = SUBJECTS.map((of) => [of.name, of] as const);

test.each(byName)(
  'every way of cutting a %s file short is refused or read, and nothing else',
  (_name, of) => {
    for (let length = 0; length < of.small.length; length += 37) {
      try {
        readImage(of.small.slice(0, length), 'cut.elf');
      } catch (error) {
        expect(error).toBeInstanceOf(ElfError);
      }
    }
  },
);

test.each(byName)('flipped bytes in a %s file never lead to anything but an ElfError', (_name, { small }) => {
  for (let i = 0; i < 3000; i++) {
    // Mostly in the headers and tables, where numbers are.
    const at = (i * 2654435761) % (i % 2 === 0 ? 300 : small.length);
    const copy = small.slice();
    copy[at] = copy[at]! ^ (1 << (i % 8));
    try {
      const image = readImage(copy, 'flipped.elf');
      CallFrames.read(image).ruleAt(image.entry);
    } catch (error) {
      if (!(error instanceof ElfError)) throw new Error(`byte ${at}, bit ${i % 8}`, { cause: error });
    }
  }
});

test.each(['rv32', 'rv64', 'sparc'] as const)('a good %s file is read whole', (isa) => {
  const image = imageOf(`targets/teller/teller.${isa}.elf`);
  expect(image.bits).toBe(isa === 'rv64' ? 64 : 32);
  expect(image.buildId).toMatch(/^[0-9a-f]{40}$/);
  expect(image.symbols.find(({ name }) => name === 'compound')).toMatchObject({
    kind: 'procedure',
    binding: 'global',
  });
  expect(image.symbols.find(({ name }) => name === 'plans')).toMatchObject({
    kind: 'object',
    binding: 'local',
    file: 'interest.c',
  });
  expect(image.relocations.length).toBeGreaterThan(isa === 'sparc' ? 200 : 500);
});

test('a v8plus file is a SPARC image of its own machine number', () => {
  expect(readImage(subject('v8plus').bytes, 'v8plus.elf')).toMatchObject({ machine: 18, bits: 32 });
});

test.each(byName)('a %s file without section headers still has its segments', (_name, of) => {
  const bytes = changed(of.bytes, (_bytes, view) => {
    const f = new Fields(view, of);
    f.setWord(f.at.header.sections, 0);
    f.half(f.at.header.names - 2, 0);
    f.half(f.at.header.names, 0);
  });
  const whole = readImage(of.bytes, 'whole.elf');
  const image = readImage(bytes, 'bare.elf');
  expect(image.segments.map(({ address }) => address)).toEqual(whole.segments.map(({ address }) => address));
  expect(image).toMatchObject({ sections: [], symbols: [], relocations: [], buildId: undefined });
});

test.each(byName)('relocations that a %s program performs itself are not the linker’s', (_name, of) => {
  // As `.rela.iplt` of a static program: allocated, and against no symbol.
  const bytes = changed(of.bytes, (_bytes, view) => {
    const f = new Fields(view, of);
    f.setWord(f.section(RELA) + f.at.section.flags, 2);
    f.setWord(f.contents(RELA) + f.at.relocation.info, 58);
  });
  const linked = (read: Uint8Array): number => readImage(read, 'iplt.elf').relocations.length;
  const view = new DataView(of.bytes.buffer);
  const f = new Fields(view, of);
  const table = f.word(f.section(RELA) + f.at.section.bytes) / f.at.relocation.size;
  expect(linked(bytes)).toBe(linked(of.bytes) - table);
});
