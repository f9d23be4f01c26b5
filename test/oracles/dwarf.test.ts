/** Debug information against those who know: the compiler (where members lie) and binutils (lines, what is inlined). */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  compareLayouts,
  comparePointees,
  DebugInformation,
  readImage,
  type DataType,
  type Image,
  type Member,
  type SymbolEntry,
} from '#suture/elf/index.js';
import { compileTo, type Machine } from '../support/compile.js';
import { pathOf } from '../support/programs.js';

const MACHINES = ['rv32', 'rv64', 'v8plus'] as const;
const scratch = mkdtempSync(join(tmpdir(), 'suture-dwarf-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

async function build(machine: Machine, source: string, flags: readonly string[]): Promise<string> {
  const file = join(scratch, `${basename(source, '.c')}.${machine}${flags.join('')}`);
  await compileTo(file, machine, [source], ['-w', '-Wl,--emit-relocs', ...flags]);
  return file;
}

const imageAt = (file: string): Image => readImage(new Uint8Array(readFileSync(file)), basename(file));

const symbolOf = (image: Image, name: string): SymbolEntry => image.symbols.find((s) => s.name === name)!;

function contents(image: Image, { address, size, section }: SymbolEntry): Uint8Array {
  const { bytes, address: start } = image.sections[section]!;
  return bytes.subarray(address - start, address - start + size);
}

/** The same sequence of numbers below 1 for one seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

interface Shape {
  declaration: string;
  /** Paths of everything with an address, and of everything that can be given -1 alone. */
  paths: string[];
  bitFields: string[];
}

const SCALARS = [
  'char',
  'short',
  'int',
  'long',
  'long long',
  'float',
  'double',
  'void *',
  'enum e',
  'half_t',
];

/** A random structure or union. */
function shape(random: () => number, depth: number, path: string, names: { used: number }): Shape {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const lines: string[] = [];
  const paths: string[] = [];
  const bitFields: string[] = [];
  const count = 1 + Math.floor(random() * 6);
  for (let i = 0; i < count; i++) {
    const name = `m${names.used++}`;
    const here = path === '' ? name : `${path}.${name}`;
    const choice = random();
    if (choice < 0.2 && depth < 3) {
      const inner = shape(random, depth + 1, choice < 0.05 ? path : here, names);
      lines.push(
        `${pick(['struct', 'struct', 'union'])} { ${inner.declaration} }${choice < 0.05 ? '' : ` ${name}`};`,
      );
      if (choice >= 0.05) paths.push(here);
      paths.push(...inner.paths);
      bitFields.push(...inner.bitFields);
    } else if (choice < 0.4) {
      lines.push(
        `${pick(['unsigned', 'int', 'unsigned short', 'unsigned char'])} ${name} : ${1 + Math.floor(random() * 8)};`,
      );
      bitFields.push(here);
    } else {
      const array = choice > 0.75 ? `[${1 + Math.floor(random() * 5)}]` : '';
      lines.push(`${pick(SCALARS)} ${name}${array}${choice > 0.9 ? '[3]' : ''};`);
      paths.push(here);
    }
  }
  return { declaration: lines.join(' '), paths, bitFields };
}

/** Members with the path the C source would use. */
function flatten(
  type: DataType,
  path = '',
  offset = 0,
): Map<string, { offset: number; size: number; bits: Member['bits'] }> {
  const found = new Map<string, { offset: number; size: number; bits: Member['bits'] }>();
  if (!('members' in type)) return found;
  for (const member of type.members) {
    const here = path === '' ? member.name : `${path}.${member.name}`;
    const bits = member.bits && { ...member.bits, offset: member.bits.offset + offset * 8 };
    found.set(here, { offset: offset + member.offset, size: member.type.size, bits });
    for (const [inner, place] of flatten(member.type, here, offset + member.offset)) found.set(inner, place);
  }
  return found;
}

describe.each(MACHINES)('%s', (machine) => {
  const cases = [4, 5].flatMap((version) => [1, 2, 3].map((seed) => [version, seed] as const));

  test.each(cases)(
    'DWARF %i, structures of seed %i lie as the compiler lays them out',
    async (version, seed) => {
      const random = generator(seed * 7919);
      const shapes = Array.from({ length: 40 }, () => shape(random, 0, '', { used: 0 }));
      const source = join(scratch, `shapes${seed}.c`);
      const text = shapes.map(({ declaration, paths, bitFields }, i) =>
        [
          `struct s${i} { ${declaration} } v${i};`,
          `const unsigned f${i}[] = { sizeof(struct s${i}), ${paths
            .map((path) => `__builtin_offsetof(struct s${i}, ${path}), sizeof(v${i}.${path})`)
            .join(', ')} };`,
          ...bitFields.map((path, k) => `const struct s${i} b${i}_${k} = { .${path} = -1 };`),
        ].join('\n'),
      );
      const uses = shapes
        .map(({ bitFields }, i) => [`&v${i}`, `f${i}`, ...bitFields.map((_, k) => `&b${i}_${k}`)].join(', '))
        .join(', ');
      writeFileSync(
        source,
        `enum e { A, B = 70000 }; typedef short half_t;\n${text.join('\n')}\nconst void *volatile uses[] = { ${uses} };\nint main(void) { return uses[0] == 0; }\n`,
      );
      const image = imageAt(
        await build(machine, source, ['-O1', `-gdwarf-${version}`, '-fno-section-anchors']),
      );
      const debug = DebugInformation.of(image)!;
      let compared = 0;
      for (const [i, { paths, bitFields }] of shapes.entries()) {
        const type = debug.variable(symbolOf(image, `v${i}`).address, `v${i}`)!;
        const ours = flatten(type);
        const bytes = contents(image, symbolOf(image, `f${i}`));
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const fact = (k: number): number => view.getUint32(k * 4, !image.bigEndian);
        expect(type.size).toBe(fact(0));
        for (const [k, path] of paths.entries()) {
          const { offset, size } = ours.get(path)!;
          expect([offset, size], `s${i}.${path} of ${source}`).toEqual([fact(1 + k * 2), fact(2 + k * 2)]);
          compared++;
        }
        for (const [k, path] of bitFields.entries()) {
          const { bits } = ours.get(path)!;
          const set: number[] = [];
          for (const [at, byte] of contents(image, symbolOf(image, `b${i}_${k}`)).entries()) {
            for (let bit = 0; bit < 8; bit++) {
              const mask = image.bigEndian ? 0x80 >> bit : 1 << bit;
              if ((byte & mask) !== 0) set.push(at * 8 + bit);
            }
          }
          expect(bits, `s${i}.${path} of ${source}`).toEqual({ offset: set[0], size: set.length });
          compared++;
        }
        expect([...ours.keys()].sort()).toEqual([...new Set([...paths, ...bitFields])].sort());
      }
      expect(compared).toBeGreaterThan(150);
    },
  );

  const programs = ['compression', 'hashes', 'structures', 'characters'].flatMap((name) =>
    [4, 5].map((version) => [name, version] as const),
  );

  test.each(programs)(
    '%s with DWARF %i has the lines and inlined procedures of addr2line',
    async (name, version) => {
      const file = await build(machine, pathOf(`test/programs/${name}.c`), ['-O2', `-gdwarf-${version}`]);
      const image = imageAt(file);
      const debug = DebugInformation.of(image)!;
      const places: number[] = [];
      for (const { kind, name: procedure, address, size } of image.symbols) {
        if (kind !== 'procedure') continue;
        // Elsewhere addr2line errs: it mixes up files of the C library's units, and what is after assembly.
        if (debug.line(address)?.file.endsWith(`${name}.c`) !== true) continue;
        expect(procedure.startsWith(debug.declaration(address)!.name), procedure).toBe(true);
        for (let pc = address; pc < address + size; pc += 4) places.push(pc);
      }
      expect(places.length).toBeGreaterThan(50);
      const command = machine === 'v8plus' ? 'sparc64-linux-gnu-addr2line' : 'riscv64-linux-gnu-addr2line';
      const { stdout } = spawnSync(command, ['-a', '-f', '-i', '-e', file], {
        input: places.map((pc) => `0x${pc.toString(16)}\n`).join(''),
        encoding: 'latin1',
        maxBuffer: 2 ** 28,
      });
      const theirs = stdout.split(/^0x/m).slice(1);
      expect(theirs).toHaveLength(places.length);
      let inlined = 0;
      for (const [i, pc] of places.entries()) {
        const lines = theirs[i]!.trim().split('\n').slice(1);
        const procedures = lines.filter((_, k) => k % 2 === 0);
        const [path, line] = lines[1]!.replace(/ \(discriminator \d+\)/, '').split(':');
        const stack = debug
          .inlinedIn(pc)
          .filter(({ ranges }) => ranges.some(({ start, end }) => pc >= start && pc < end))
          .map(({ callee }) => callee.name)
          .reverse();
        const place = debug.line(pc);
        const where = `${name} ${machine} DWARF ${version} at 0x${pc.toString(16)}`;
        expect([...stack, debug.declaration(pc)!.name], where).toEqual(procedures);
        expect([place && basename(place.file), String(place?.line)], where).toEqual([basename(path!), line]);
        if (stack.length > 0) inlined++;
      }
      if (name === 'compression') expect(inlined).toBeGreaterThan(0);
    },
  );

  test.each([4, 5])('with DWARF %i every variable has the size of its symbol', async (version) => {
    const file = await build(machine, pathOf('test/programs/structures.c'), ['-O2', `-gdwarf-${version}`]);
    const image = imageAt(file);
    const debug = DebugInformation.of(image)!;
    for (const { kind, name, address, size } of image.symbols) {
      if (kind !== 'object') continue;
      const type = debug.variable(address, name);
      if (type === undefined) continue;
      expect([name, type.size]).toEqual([name, size]);
      expect([...compareLayouts(type, type), ...comparePointees(type, type)]).toEqual([]);
    }
  });
});
