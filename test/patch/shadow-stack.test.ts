/**
 * The check of who is inside, held against shadow stacks on programs that make it hard: it never misses an
 * activation, and what it only takes for one was found by a conservative scan.
 *
 * Here at seeded instructions; `npm run test:activeness` looks at every one. SUTURE_SEED chooses others.
 */
import { describe, expect, test } from 'vitest';
import { findBlockers, type Blocker } from '#suture/patch/index.js';
import { agreementOf, type Agreement } from '../support/activeness-check.js';
import { seededNumbers } from '../support/numbers.js';
import { bytesOf, imageOf, ISAS, type IsaName } from '../support/programs.js';
import { SEED } from '../support/settings.js';

/** Every so many instructions one check. */
const STEP = Number(process.env.SUTURE_STEP ?? 37);
const MINUTES = 60_000;

/** What must have been seen of each program, and the folder of the session it is run on. */
const PROGRAMS: readonly {
  name: string;
  session: string;
  sees: Partial<Agreement['seen']>;
  scans: boolean;
}[] = [
  { name: 'teller', session: 'teller-grow', sees: { calls: 50 }, scans: false },
  { name: 'parser', session: 'parser-division', sees: { calls: 100 }, scans: false },
  { name: 'forever', session: 'forever-serve', sees: { calls: 10 }, scans: false },
  { name: 'chain', session: 'chain-01', sees: { calls: 10, tailCalls: 1 }, scans: false },
  { name: 'pool', session: 'pool-score', sees: { threads: 9 }, scans: true },
  { name: 'sleeper', session: 'sleeper-doze', sees: { threads: 2 }, scans: true },
  { name: 'handler', session: 'handler-plain', sees: { signals: 10 }, scans: false },
  { name: 'coroutines', session: 'coroutines-produce', sees: { switches: 20 }, scans: true },
  { name: 'jumps', session: 'jumps-descend', sees: { jumpsOut: 3 }, scans: true },
];

const sessionIn = (folder: string): string =>
  Buffer.from(bytesOf(`patches/${folder}/session.txt`)).toString();

function agreement(program: string, isa: IsaName, session: string, check = findBlockers): Agreement {
  const first = seededNumbers(SEED)() % STEP;
  return agreementOf(imageOf(`targets/${program}/${program}.${isa}.elf`), sessionIn(session), {
    step: STEP,
    first,
    check,
  });
}

describe.each(PROGRAMS.map((program) => [program.name, program] as const))('%s', (name, program) => {
  const { session, sees, scans } = program;
  test.each(ISAS)(
    'on %s: nobody inside is missed',
    (isa) => {
      const { checked, instructions, misses, falseAlarms, seen } = agreement(name, isa, session);
      console.log(
        `${name} on ${isa}: ${checked} of ${instructions} instructions, ${misses.length} misses, false alarms: ${JSON.stringify(falseAlarms)}`,
      );
      const repeat = `SUTURE_SEED=${SEED} SUTURE_STEP=${STEP} npx vitest run --config test/vitest.config.ts test/patch/shadow-stack.test.ts -t '${name} on ${isa}'`;
      expect(misses.slice(0, 10), `to repeat: ${repeat}`).toEqual([]);
      expect(falseAlarms, `to repeat: ${repeat}`).not.toHaveProperty('activation of a complete walk');
      if (!scans) expect(falseAlarms, 'no context is kept in memory').toEqual({});
      for (const [what, count] of Object.entries(sees)) {
        expect(seen[what as keyof typeof seen], what).toBeGreaterThanOrEqual(count);
      }
    },
    10 * MINUTES,
  );
});

describe.each(ISAS)('a check on %s is found out', (isa) => {
  const seeing =
    (sees: (blocker: Blocker) => boolean): typeof findBlockers =>
    (...args) =>
      findBlockers(...args).filter(sees);

  test.each([
    ['that looks at pc only', 'teller', 'teller-grow', ({ depth }: Blocker) => depth === 0],
    ['that looks at one thread only', 'pool', 'pool-score', ({ thread }: Blocker) => thread === 1000],
    [
      'that does not scan memory',
      'coroutines',
      'coroutines-produce',
      ({ depth }: Blocker) => depth !== undefined,
    ],
  ])('%s', (_name, program, session, sees) => {
    expect(agreement(program, isa, session, seeing(sees)).misses.length).toBeGreaterThan(0);
  });

  test('that does not go on behind signal frames', () => {
    const upToHandler: typeof findBlockers = (target, forbidden, ruleAt) => {
      const stopping = Object.create(target, {
        isa: {
          value: {
            ...target.isa,
            walk: (context: Parameters<typeof target.isa.walk>[0]) => {
              const walk = target.isa.walk(context);
              const end = walk.activations.findIndex(({ stands }, depth) => depth > 0 && stands === 'at');
              return end < 0 ? walk : { ...walk, activations: walk.activations.slice(0, end) };
            },
          },
        },
      }) as typeof target;
      return findBlockers(stopping, forbidden, ruleAt);
    };
    expect(agreement('handler', isa, 'handler-plain', upToHandler).misses.length).toBeGreaterThan(0);
  });
});
