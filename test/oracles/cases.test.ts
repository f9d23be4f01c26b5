/**
 * The regression patches as other levels of optimization compile them, here. Needs Debian's
 * gcc-riscv64-unknown-elf and gcc-sparc64-linux-gnu.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tryCase } from '../support/apply-case.js';
import { cases, LEVELS, loaded } from '../support/cases.js';
import { ISAS, pathOf, sessionOf, tellerName } from '../support/programs.js';
import { tryRedirections } from '../support/redirection-trials.js';
import { walksLikeAShadow } from '../support/shadow-walk.js';

/** Milliseconds. */
const BUILDING = 600_000;
/** One in so many combinations of patch, instruction set and way of redirection is tried. */
const PART = 40;

const all = cases();

describe.each(LEVELS.filter((level) => level !== '-O2'))('at %s', (level) => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'suture-cases-'));
    const names = [
      ...new Set(all.flatMap(({ name, target }) => (target === undefined ? [name] : [name, target]))),
    ];
    execFileSync(pathOf('scripts/build-targets'), [...names, '--level', level, '--out', folder]);
  }, BUILDING);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  describe.each(ISAS)('on %s', (isa) => {
    test('walks agree with a shadow stack kept from calls and returns', () => {
      const image = loaded(join(folder, tellerName(isa)));
      expect(walksLikeAShadow(image, sessionOf('teller-grow'))).toBeGreaterThan(50);
    });

    test.each(all.map((each) => [each.name, each] as const))('%s', (_name, each) => {
      const summary = tryCase(each, isa, level, folder);
      if (summary !== undefined) expect(summary.outputs).toBeGreaterThan(each.sameAnswers ? 0 : 1);
    });
  });

  describe('by every way of redirection', () => {
    tryRedirections(level, PART, () => folder);
  });
});
