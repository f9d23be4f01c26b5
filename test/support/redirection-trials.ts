/** Regression patches on every instruction set under every way of redirection, at seeded update points. */
import { expect, test } from 'vitest';
import { REDIRECTS, type Redirect } from '#suture/patch/index.js';
import { tryRedirection } from './apply-case.js';
import { cases, expectationOf, landsAnywhere, type Case, type LevelName } from './cases.js';
import { seededNumbers } from './numbers.js';
import { ISAS, type IsaName } from './programs.js';
import { SEED, WHOLE } from './settings.js';

const POINTS = Number(process.env.SUTURE_POINTS ?? (WHOLE ? 100 : 3));

/**
 * A test for each combination in a part of all, which the seed chooses, and one that counts them.
 *
 * @param part one in so many combinations is tried, unless all are asked for.
 * @param folder where the programs are, once the tests run; those of the repository without.
 */
export function tryRedirections(level: LevelName, part: number, folder?: () => string): void {
  const next = seededNumbers(SEED);
  const all = cases().flatMap((of) =>
    ISAS.flatMap((isa) => REDIRECTS.map((way): [string, IsaName, Redirect, Case] => [of.name, isa, way, of])),
  );
  // Where the program goes wrong by the case's design, there is nothing to compare.
  const applied = all.filter(
    ([, isa, , of]) => landsAnywhere(of) && expectationOf(of, isa, level).outcome === 'applied',
  );
  const chosen = WHOLE ? applied : applied.filter(() => next() % part === 0);

  let tried = 0;
  const impossible: string[] = [];

  test.each(chosen)('%s on %s by %s', (name, isa, way, of) => {
    const result = tryRedirection(of, isa, way, POINTS, folder?.());
    if (typeof result === 'string') {
      impossible.push(`${name} on ${isa} by ${way}: ${result}`);
      // What is always possible must not be refused.
      if (way === 'call-sites') expect(result).toMatch(/^(too-short-for-trampoline|out-of-reach)/);
      return;
    }
    tried++;
    expect(result.points).toBe(POINTS);
  });

  test('most ways are open to most patches', () => {
    console.log(
      `${tried} combinations of ${chosen.length} at ${POINTS} points each; not possible:\n${impossible.join('\n')}`,
    );
    expect(tried).toBeGreaterThan(chosen.length / 3);
  });
}
