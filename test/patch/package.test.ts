/** Packages as files: what was written is read, what was changed is refused. */
import { createHash } from 'node:crypto';
import { encode } from 'cborg';
import { describe, expect, test } from 'vitest';
import {
  checkSignature,
  diff,
  generateKeys,
  link,
  makePlan,
  openPackage,
  PackageError,
  Program,
  readPackage,
  readPrivateKey,
  readPublicKey,
  Refusal,
  signerOf,
  writePackage,
  type Package,
  type PackageProblem,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  imageOf,
  ISAS,
  newName,
  PATCHES,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const packageOf = (patch: string, isa: IsaName): Package =>
  link(diff(new Program(imageOf(tellerName(isa))), new Program(imageOf(newName(patch, isa)))));

const teller = (isa: IsaName): EmulatedTarget =>
  new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow')));

/** Reads, asks who signed, opens: what `suture run` does before it looks at the program. */
function accept(bytes: Uint8Array, trusted: ReadonlyMap<string, Uint8Array> = new Map()): void {
  const { package: read, signature } = readPackage(bytes, 'fix.lup');
  checkSignature(signature, trusted, 'fix.lup');
  openPackage(read, 'fix.lup');
}

function problemOf(
  bytes: Uint8Array,
  trusted: ReadonlyMap<string, Uint8Array> = new Map(),
): PackageProblem | 'accepted' {
  try {
    accept(bytes, trusted);
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    expect(error.message).toMatch(/^fix\.lup: [^\n]+$/);
    return error.problem;
  }
  return 'accepted';
}

const pair = generateKeys();
const key = readPrivateKey(pair.privateKey)!;
const mine = new Map([['me', readPublicKey(pair.publicKey)!]]);

describe.each(ISAS)('on %s', (isa) => {
  test.each(PATCHES)('the package of %s is read as it was written, and written the same again', (patch) => {
    const made = packageOf(patch, isa);
    const bytes = writePackage(made, key);
    const read = readPackage(bytes, 'fix.lup');
    expect(read.signature).toEqual({ kind: 'good', publicKey: mine.get('me') });
    expect(read.package).toEqual(made);
    expect(Buffer.compare(writePackage(read.package, key), bytes)).toBe(0);
    expect(Buffer.compare(writePackage(packageOf(patch, isa), key), bytes)).toBe(0);
  });

  test.each(PATCHES)('the package of %s gives the plan that the programs give', (patch) => {
    const made = packageOf(patch, isa);
    const read = readPackage(writePackage(made), 'fix.lup').package;
    const plan = makePlan(teller(isa), openPackage(read));
    expect(plan.writes.length).toBeGreaterThan(0);
    expect(plan).toEqual(makePlan(teller(isa), openPackage(made)));
  });

  test('call-frame rules travel: each address of the new bodies has the rule it had', async () => {
    const { CallFrames } = await import('#suture/elf/index.js');
    const image = imageOf(newName('teller-several', isa));
    const rules = CallFrames.read(image);
    const { frames, procedures } = openPackage(
      readPackage(writePackage(packageOf('teller-several', isa)), 'x').package,
    );
    for (const { address, size } of procedures) {
      for (let at = address; at < address + size; at++) {
        expect(rules.ruleAt(at)).toBeDefined();
        expect(frames.ruleAt(at), `0x${at.toString(16)}`).toEqual(rules.ruleAt(at));
      }
      expect(frames.ruleAt(address - 1)).not.toBe(frames.ruleAt(address));
    }
  });

  test('a package for another program is refused', () => {
    const other = packageOf('teller-grow', isa);
    const patchFor = (change: Partial<Package>): (() => unknown) => {
      const changed = openPackage({ ...other, ...change });
      return () => makePlan(teller(isa), changed);
    };
    const reasonOf = (action: () => unknown): string => {
      try {
        action();
      } catch (error) {
        if (error instanceof Refusal) return error.reason;
        throw error;
      }
      return 'planned';
    };
    expect(reasonOf(patchFor({}))).toBe('planned');
    expect(reasonOf(patchFor({ from: { ...other.from, buildId: '00ff' } }))).toBe('not-the-same-program');
    const procedures = other.procedures.map((procedure) => ({
      ...procedure,
      replaces: { ...procedure.replaces!, sha256: new Uint8Array(32) },
    }));
    expect(reasonOf(patchFor({ procedures }))).toBe('unexpected-bytes');
    const wrongIsa = isa === 'sparc' ? 'rv32' : 'sparc';
    expect(reasonOf(() => makePlan(teller(wrongIsa), openPackage(other)))).toBe('different-isa');
  });
});

test('what is data among the code of a body is data in the package too', () => {
  const image = imageOf(newName('teller-grow', 'rv32'));
  const compound = image.symbols.find(({ name }) => name === 'compound')!;
  const { section } = compound;
  const end = compound.address + compound.size;
  const mark = {
    ...compound,
    name: '$d',
    kind: 'untyped' as const,
    binding: 'local' as const,
    size: 0,
    section,
  };
  const marked = { ...image, symbols: [...image.symbols, { ...mark, address: end - 2 }] };
  const made = link(diff(new Program(imageOf(tellerName('rv32'))), new Program(marked)));
  const read = openPackage(readPackage(writePackage(made), 'fix.lup').package);
  const { body } = read.procedures.find(({ name }) => name === 'compound')!;
  expect(body.items.slice(-2).map(({ token }) => token)).toEqual([
    expect.stringMatching(/^data /),
    expect.stringMatching(/^data /),
  ]);
});

describe('a changed file', () => {
  const made = packageOf('teller-several', 'rv32');
  const unsigned = writePackage(made);
  const signed = writePackage(made, key);
  const HEADER = 20;
  const HASH = 32;
  const SIGNATURE = 96;

  test('as it was written is accepted', () => {
    expect(problemOf(unsigned)).toBe('accepted');
    expect(problemOf(signed)).toBe('accepted');
    expect(problemOf(signed, mine)).toBe('accepted');
  });

  test.each([
    ['an unsigned package', unsigned],
    ['a signed package', signed],
  ])('%s with any bit flipped is refused', (_name, whole) => {
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(problemOf(bytes), `bit ${bit}`).not.toBe('accepted');
    }
  });

  test.each([
    ['an unsigned package', unsigned],
    ['a signed package', signed],
  ])('%s cut short anywhere is refused, and so is one with something behind it', (_name, whole) => {
    for (let length = 0; length < whole.length; length++) {
      const problem = problemOf(whole.subarray(0, length));
      expect(problem, `${length} bytes`).toBe(length === 0 ? 'not-a-package' : 'truncated');
    }
    expect(problemOf(Uint8Array.of(...whole, 0))).toBe('damaged');
  });

  test('a signature cannot be taken off, moved to another package, or made with another key', () => {
    const other = readPrivateKey(generateKeys().privateKey)!;
    const stripped = Uint8Array.of(
      ...signed.subarray(0, HEADER + HASH),
      ...signed.subarray(HEADER + HASH + SIGNATURE),
    );
    new DataView(stripped.buffer).setUint32(12, 0);
    expect(problemOf(stripped)).toBe('damaged');
    const moved = writePackage(packageOf('teller-grow', 'rv32'), key).slice();
    moved.set(signed.subarray(HEADER + HASH, HEADER + HASH + SIGNATURE), HEADER + HASH);
    expect(problemOf(moved)).toBe('bad-signature');
    expect(problemOf(writePackage(made, other))).toBe('accepted');
    expect(problemOf(writePackage(made, other), mine)).toBe('untrusted-key');
    expect(problemOf(unsigned, mine)).toBe('unsigned');
    expect(signerOf(readPackage(signed, 'x').signature, mine)).toBe('me');
    expect(signerOf(readPackage(writePackage(made, other), 'x').signature, mine)).toBeUndefined();
  });

  test('another version is named', () => {
    const bytes = unsigned.slice();
    new DataView(bytes.buffer).setUint32(8, 2);
    expect(() => {
      accept(bytes);
    }).toThrow('fix.lup: a package of version 2; this suture reads version 1');
  });

  test('only Ed25519 keys are keys', () => {
    expect(readPublicKey(pair.privateKey)).toBeUndefined();
    expect(readPrivateKey(pair.publicKey)).toBeUndefined();
    expect(readPublicKey('')).toBeUndefined();
  });
});

describe('hostile contents', () => {
  /** A file whose hash is right, as whoever made the contents would have made it. */
  function around(contents: Uint8Array): Uint8Array {
    const header = Buffer.concat([Buffer.from('894c55500d0a1a0a', 'hex'), Buffer.alloc(12)]);
    header.writeUInt32BE(1, 8);
    header.writeUInt32BE(contents.length, 16);
    const hash = createHash('sha256').update(header).update(contents).digest();
    return new Uint8Array(Buffer.concat([header, hash, contents]));
  }

  test('the file around them is what suture writes', () => {
    const bytes = writePackage(packageOf('teller-grow', 'rv32'));
    expect(Buffer.compare(around(bytes.subarray(52)), bytes)).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['a number', '00'],
    ['a list that promises 2^32 values', '9affffffff'],
    ['a list that promises 2^53 values', '9b001fffffffffffff'],
    ['a map that promises 2^32 values', 'baffffffff'],
    ['4 GiB of bytes that are not there', '5affffffff'],
    ['a text that is not there', '7affffffff'],
    ['a list without end', '9f'],
    ['a break', 'ff'],
    ['a tag', 'c100'],
    ['undefined', 'f7'],
    ['not a number', 'f97e00'],
    ['a number longer than it must be', '1800'],
    ['2^64 - 1', '1bffffffffffffffff'],
    ['a key twice', 'a2616100616100'],
    ['two values', '0000'],
    ['unused additional information', '1c'],
  ])('%s', (_name, hex) => {
    expect(problemOf(around(Buffer.from(hex, 'hex')))).toBe('malformed');
  });

  test.each([17, 1000, 1_000_000])('%i lists within each other', (depth) => {
    expect(() => {
      accept(around(new Uint8Array(depth).fill(0x81)));
    }).toThrow('more than 16 levels of lists and maps');
  });

  test('more values than a package can have', () => {
    const list = Buffer.alloc(4_000_005);
    list.writeUInt8(0x9a, 0);
    list.writeUInt32BE(4_000_000, 1);
    expect(() => {
      accept(around(list));
    }).toThrow('more than 4000000 values');
  });

  const good = packageOf('teller-several', 'rv32');
  const [first] = good.procedures;
  const [block] = good.data;
  const [reference] = good.references;
  const withFirst = (change: Partial<typeof first>): Partial<Package> => ({
    procedures: [{ ...first!, ...change }, ...good.procedures.slice(1)],
  });
  const withContents = (change: Partial<Package['data'][number]['contents']>): Partial<Package> =>
    withFirst({ contents: { ...first!.contents, ...change } });
  const relocation = first!.contents.relocations[0]!;

  test.each<[string, Partial<Package>, string]>([
    ['an address beyond 4 GiB', withFirst({ address: 2 ** 32 }), 'procedures[0].address: 4294967296'],
    ['half an address', withFirst({ address: 0.5 }), 'procedures[0].address: 0.5'],
    ['more bytes than their size', withContents({ size: 1 }), 'procedures[0].contents.bytes'],
    ['too much code', withContents({ size: (4 << 20) + 1 }), 'bytes of code; at most 4194304'],
    [
      'too much data',
      {
        data: Array.from({ length: 3 }, () => ({
          ...block!,
          contents: { ...block!.contents, size: 32 << 20 },
        })),
      },
      'bytes of code and data; at most 67108864',
    ],
    [
      'too much to compare',
      {
        procedures: Array.from({ length: 3 }, () => ({
          ...first!,
          replaces: { ...first!.replaces!, size: 32 << 20 },
        })),
      },
      'bytes of old code and data; at most 67108864',
    ],
    [
      'a relocation outside',
      withContents({ relocations: [{ ...relocation, offset: first!.contents.size }] }),
      'procedures[0].contents.relocations[0]',
    ],
    [
      'a relocation by no symbol',
      withContents({ relocations: [{ ...relocation, symbol: good.symbols.length }] }),
      `procedures[0]: there is no symbol ${good.symbols.length}`,
    ],
    [
      'an unknown relocation',
      withContents({ relocations: [{ ...relocation, type: 999 }] }),
      'is not supported in code',
    ],
    [
      'code that is none',
      withContents({ bytes: new Uint8Array(), relocations: [] }),
      'is not an RV32GC instruction',
    ],
    ['references that are not explained', { references: [] }, 'it does not say what'],
    [
      'a reference to no part',
      { references: [{ ...reference!, destination: { kind: 'data', index: 99, offset: 0 } }] },
      'references[0]: there is no data part 99',
    ],
    [
      'frames out of order',
      withFirst({ frames: [{ offset: 4 }, { offset: 2 }] }),
      'the offsets do not ascend',
    ],
    [
      'a hash of another length',
      withFirst({ replaces: { ...first!.replaces!, sha256: new Uint8Array(31) } }),
      '32 bytes',
    ],
    [
      'a hook inside a procedure',
      { hooks: [{ when: 'pre', name: 'x', procedure: { kind: 'procedure', index: 0, offset: 2 } }] },
      'hooks[0]: it must be the entry of a procedure',
    ],
    [
      'two hooks for one moment',
      {
        hooks: ['x', 'y'].map((name) => ({
          when: 'pre' as const,
          name,
          procedure: { kind: 'running' as const, index: 0, offset: 0 },
        })),
      },
      'there are two for one moment',
    ],
    [
      'more contents than the object has room for',
      { objects: [{ decision: 'reset', old: { ...first!.replaces!, size: 2 }, contents: block!.contents }] },
      'take the place of 2',
    ],
    ['an unknown processor', { architecture: { ...good.architecture, machine: 62 } }, 'e_machine 62'],
    ['an endless title', { metadata: { title: 'x'.repeat(70_000) } }, 'metadata.title'],
    ['pairs out of order', { pairs: [...good.pairs].reverse() }, 'pairs: the new addresses do not ascend'],
  ])('%s', (_name, change, message) => {
    const bytes = writePackage({ ...good, ...change });
    expect(problemOf(bytes)).toBe('malformed');
    expect(() => {
      accept(bytes);
    }).toThrow(message);
  });

  test('a field that is missing, unknown or of another kind is named', () => {
    expect(() => {
      accept(around(encode({ metadata: {} })));
    }).toThrow('the field architecture is missing');
    expect(() => {
      accept(around(encode({ extra: 1 })));
    }).toThrow('unknown field "extra"');
  });
});
