/** Manifests: every one of the patches is right, what is wrong is named by its path, and editors know the same. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  diff,
  instructionsOf,
  link,
  ManifestError,
  openPackage,
  makePlan,
  parseManifest,
  Program,
  Refusal,
  select,
} from '#suture/patch/index.js';
import { manifestSchema } from '#suture/patch/manifest.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, newName, pathOf, start, tellerName } from '../support/programs.js';

const complaintsAbout = (manifest: unknown): string => {
  try {
    parseManifest(typeof manifest === 'string' ? manifest : JSON.stringify(manifest), 'm.json');
  } catch (error) {
    if (error instanceof ManifestError) return error.message;
    throw error;
  }
  return '';
};

const LEAST = { title: 'Round to the nearest cent', nature: 'fix' };

test('the schema file for editors is the schema manifests are checked by', () => {
  const file = JSON.parse(readFileSync(pathOf('patches/manifest.schema.json'), 'utf8')) as unknown;
  expect(file, 'run node scripts/manifest-schema.js && npm run format').toEqual(
    JSON.parse(JSON.stringify(manifestSchema())),
  );
});

const folders = readdirSync(pathOf('patches')).filter((name) =>
  existsSync(pathOf(`patches/${name}/manifest.json`)),
);

test('there are manifests', () => {
  expect(folders.length).toBeGreaterThan(2);
});

test.each(folders)('the manifest of %s is right', (name) => {
  expect(complaintsAbout(readFileSync(pathOf(`patches/${name}/manifest.json`), 'utf8'))).toBe('');
});

describe('what is wrong is named', () => {
  test.each<[string, unknown, string]>([
    ['no JSON', '{"title": }', 'm.json: not JSON: '],
    ['no object', '[]', 'm.json: []: '],
    ['no title', { nature: 'fix' }, 'm.json: title: nothing: '],
    ['an empty title', { ...LEAST, title: '' }, 'm.json: title: "": '],
    ['an unknown nature', { ...LEAST, nature: 'magic' }, 'm.json: nature: "magic": '],
    ['an unknown field', { ...LEAST, hook: {} }, '"hook"'],
    ['a hook that is no name', { ...LEAST, hooks: { pre: 5 } }, 'm.json: hooks.pre: 5: '],
    ['an unknown hook', { ...LEAST, hooks: { rollback: { before: 'x' } } }, 'm.json: hooks.rollback: '],
    [
      'an unknown decision',
      { ...LEAST, data: { limit: 'drop' } },
      'm.json: data.limit: "drop": must be "keep", "reset" or { "transform": "PROCEDURE" }',
    ],
    ['a deadline of nothing', { ...LEAST, deadline: 0 }, 'm.json: deadline: 0: '],
    ['half an instruction', { ...LEAST, deadline: 1.5 }, 'm.json: deadline: 1.5: '],
    ['an unknown consistency', { ...LEAST, consistency: 'none' }, 'm.json: consistency: "none": '],
  ])('%s', (_name, manifest, message) => {
    expect(complaintsAbout(manifest)).toContain(message);
  });

  test('ten complaints are enough', () => {
    const data = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`object${i}`, 'drop']));
    expect(complaintsAbout({ ...LEAST, data }).split('\n')).toHaveLength(10);
  });
});

describe('instructions', () => {
  const comparison = diff(
    new Program(imageOf(tellerName('rv32'))),
    new Program(imageOf(newName('teller-grow', 'rv32'))),
  );

  test('hooks are roots, by their moments', () => {
    const {
      metadata,
      hooks,
      select: options,
    } = instructionsOf(
      parseManifest(
        JSON.stringify({
          ...LEAST,
          $schema: '../manifest.schema.json',
          affects: ['interest'],
          hooks: { pre: 'ready', post: 'done', rollback: { transfer: 'ready' } },
          data: { limit: 'keep' },
          deadline: 5,
          workload: { stdin: 'session.txt' },
        }),
        'm.json',
      ),
    );
    expect(metadata).toEqual({ ...LEAST, affects: ['interest'], deadline: 5 });
    expect(hooks).toEqual({ pre: 'ready', post: 'done', 'rollback-transfer': 'ready' });
    expect(options).toEqual({ data: { limit: 'keep' }, roots: ['ready', 'done'] });
  });

  test('a hook is a call of the plan: in the running program what it has, else in the package', () => {
    const hooks = { check: 'print', post: 'compound' };
    const made = link(comparison, select(comparison, { roots: Object.values(hooks) }), { hooks });
    const target = new EmulatedTarget(start(imageOf(tellerName('rv32')), ''));
    const { calls, procedures } = makePlan(target, openPackage(made));
    const print = target.image.symbols.find(({ name }) => name === 'print')!;
    const compound = procedures.find(({ name }) => name === 'compound')!;
    expect(calls).toEqual([
      { when: 'check', address: print.address, arguments: [], why: 'check hook print' },
      { when: 'post', address: compound.start, arguments: [], why: 'post hook compound' },
    ]);
  });

  test('a hook that is no procedure is refused', () => {
    expect(() => link(comparison, select(comparison), { hooks: { pre: 'nobody' } })).toThrow(Refusal);
    expect(() => link(comparison, select(comparison), { hooks: { pre: 'nobody' } })).toThrow(
      'the pre hook nobody is no procedure of new.rv32.elf',
    );
  });
});
