/** What the folders of patches/ say about themselves. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases, loaded, programsOf } from '../support/cases.js';
import { ISAS, pathOf } from '../support/programs.js';

const LARGEST_TOGETHER = 12 << 20;

describe.each(cases().map((each) => [each.name, each] as const))('%s', (name, each) => {
  test('is named after what happens', () => {
    const outcomes = [each.outcome, ...each.exceptions.flatMap(({ outcome }) => outcome ?? [])];
    const refused = (outcome: string): boolean => outcome !== 'applied' && outcome !== 'no-change';
    expect(refused(each.outcome)).toBe(name.endsWith('-refused'));
    expect(outcomes.every((outcome) => refused(outcome) || !name.endsWith('-refused'))).toBe(true);
  });

  test.each(ISAS)('has both programs for %s', (isa) => {
    const { oldName, newName } = programsOf(each, isa);
    const same = loaded(oldName).buildId === loaded(newName).buildId;
    expect(same).toBe(each.outcome === 'no-change');
  });

  test('has sources, a manifest and a session', () => {
    const folder = pathOf(`patches/${name}`);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ title: expect.any(String) as string });
    expect(readdirSync(join(folder, 'new')).length).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'old'))).toBe(each.target === undefined);
    expect(readFileSync(join(folder, 'session.txt'), 'latin1').split('\n').length).toBeGreaterThan(3);
  });
});

test('all prebuilt files together are small', () => {
  const files = readdirSync(pathOf('patches'), { recursive: true, encoding: 'utf8' });
  const sizes = files
    .filter((file) => file.endsWith('.elf'))
    .map((file) => statSync(pathOf(`patches/${file}`)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_TOGETHER);
});
