/**
 * The host and the handler inside the process are two executors of one plan: the same memory, the same verdict.
 *
 * The handler knows no call-frame information, so it may be busy where the host is not; never the other way round.
 */
import { afterAll, expect, test } from 'vitest';
import { Refusal } from '#suture/patch/index.js';
import { cases, expectationOf } from '../support/cases.js';
import { compareExecutors, subjectOf, type Comparison } from '../support/executors.js';
import { seededNumbers } from '../support/numbers.js';
import { ISAS } from '../support/programs.js';
import { SEED } from '../support/settings.js';

const POINTS = Number(process.env.SUTURE_POINTS ?? 6);
/** Of programs in which somebody can be inside without standing on the stack in use. */
const MANY = 10 * POINTS;
const SWITCHES = ['coroutines', 'jumps', 'handler'];

const tally = new Map<string, number>();
const skipped: string[] = [];
const count = (isa: string, what: string): void => {
  tally.set(`${isa} ${what}`, (tally.get(`${isa} ${what}`) ?? 0) + 1);
};

afterAll(() => {
  for (const reason of skipped) console.log(`not compared: ${reason}`);
  for (const [what, times] of [...tally].sort()) console.log(`${what}: ${times}`);
});

function points(total: number, wanted: number): number[] {
  const next = seededNumbers(SEED);
  const part = total / wanted;
  return Array.from({ length: wanted }, (_, i) =>
    Math.floor(i * part + (next() % Math.max(1, Math.floor(part)))),
  );
}

/** Why a handler cannot make this update; undefined when it can. */
function tryPoint(subject: ReturnType<typeof subjectOf>, isa: (typeof ISAS)[number]): Comparison | string {
  try {
    return compareExecutors(subject.process, subject.patch, isa);
  } catch (error) {
    if (error instanceof Refusal) return `${error.reason}: ${error.message}`;
    throw error;
  }
}

const applied = ISAS.flatMap((isa) =>
  cases()
    .filter((each) => expectationOf(each, isa, '-O2').outcome === 'applied')
    .map((each) => [`${each.name} on ${isa}`, each, isa] as const),
);

test.each(applied)('%s', (name, each, isa) => {
  const subject = subjectOf(each, isa);
  const wanted = SWITCHES.includes(each.target ?? '') ? MANY : POINTS;
  for (const at of points(subject.count, wanted)) {
    if (subject.process.run(at).kind !== 'limit') break;
    const result = tryPoint(subject, isa);
    if (typeof result === 'string') {
      skipped.push(`${name} at ${at}: ${result}`);
      // Where the program itself stands in the way, there is no plan for either.
      if (each.interferes !== undefined && !result.startsWith('handler-cannot: ')) continue;
      expect(result).toMatch(/^handler-cannot: /);
      return;
    }
    const { meeting, differs, back } = result;
    count(isa, meeting === 'conservative' ? `conservative ${result.reason}` : meeting);
    if (back !== undefined) count(isa, `taken back: ${back}`);
    expect(differs, `at instruction ${at}`).toBe(undefined);
  }
});
