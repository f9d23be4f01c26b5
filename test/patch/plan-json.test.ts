/** Plans as JSON: what is read is what was written, and nothing else is read. */
import { describe, expect, test } from 'vitest';
import { makePlan, PlanError, planFromJson, planToJson, type Plan } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, ISAS, patchOf, sessionOf, start, tellerName, type IsaName } from '../support/programs.js';

const PATCHES = ['teller-shrink', 'teller-grow', 'teller-hooks', 'teller-several'];

const planOf = (patch: string, isa: IsaName): Plan =>
  makePlan(
    new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow'))),
    patchOf(patch, isa),
  );

describe.each(ISAS)('on %s', (isa) => {
  test.each(PATCHES)('the plan of %s comes back as it was', (patch) => {
    const plan = planOf(patch, isa);
    const text = JSON.stringify(planToJson(plan));
    const read = planFromJson(text, 'fix.plan.json');
    expect(read).toEqual(plan);
    expect(JSON.stringify(planToJson(read))).toBe(text);
  });
});

type Spoil = (record: Record<string, unknown[]> & { writes: Record<string, unknown>[] }) => void;

const WRONG: [what: string, spoil: Spoil, complaint: RegExp][] = [
  ['a member too many', (r) => (r.extra = []), /^p: .*extra/],
  ['no writes', (r) => delete (r as Partial<typeof r>).writes, /^p: writes: nothing: /],
  ['an address beyond all', (r) => (r.writes[0]!.address = 2 ** 32), /^p: writes\.0\.address: 4294967296: /],
  ['half a byte', (r) => (r.writes[0]!.after = 'abc'), /^p: writes\.0\.after: "abc": must be pairs/],
  ['unequal lengths', (r) => (r.writes.at(-1)!.before = '00'), /equally long/],
  [
    'code outside of what is reserved',
    (r) => (r.writes[0]!.address = 16),
    /^p: writes\.0\.address: 16: .*reserv/,
  ],
  [
    'memory to write and execute',
    (r) => ((r.reservations![0] as Record<string, unknown>).protection = 7),
    /^p: reservations\.0: .*writable and executable/,
  ],
  ['half a page', (r) => ((r.reservations![0] as Record<string, unknown>).end = 77), /whole pages/],
  [
    'a range backwards',
    (r) => ((r.forbidden![0] as Record<string, unknown>).end = 1),
    /end before it starts/,
  ],
];

test.each(WRONG)('%s is refused', (_what, spoil, complaint) => {
  const record = planToJson(planOf('teller-grow', 'rv32')) as Parameters<Spoil>[0];
  spoil(record);
  const read = (): Plan => planFromJson(JSON.stringify(record), 'p');
  expect(read).toThrow(PlanError);
  expect(read).toThrow(complaint);
});

test('what is no JSON is refused', () => {
  expect(() => planFromJson('{', 'p')).toThrow(/^p: not JSON/);
  expect(() => planFromJson('# a text\n\nof lines\n', 'p')).toThrow(/^p: not JSON: [^\p{Cc}]+$/u);
});
