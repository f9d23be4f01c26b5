/** What is told of a rehearsal: in lines, as JSON, and as a page. */
import { expect, test } from 'vitest';
import { mapHtml, rehearsalJson, summaryLines } from '#suture/rehearsal/report/index.js';
import { columnsOf } from '#suture/rehearsal/report/columns.js';
import { generatedRehearsal, pointClass, rehearsalOf } from '../support/rehearsals.js';

const MEBIBYTE = 1 << 20;

const small = rehearsalOf(
  [
    pointClass(0, 155),
    pointClass(156, 170, {
      decision: 'deferred',
      landsAt: 178,
      judgement: 'diverged',
      reason: 'run is active',
      objection: 'a line of neither version',
      difference: { line: 3, old: 'count 3', new: undefined, got: 'count 4' },
    }),
    pointClass(171, 178, { judgement: 'diverged', objection: 'the same' }),
    pointClass(179, 999, { decision: 'deferred', landsAt: 1200, reason: 'report is active' }),
    pointClass(1000, 1009, { decision: 'undecided', judgement: undefined, landsAt: undefined }),
    pointClass(1010, 1010, { decision: 'undecided', judgement: undefined, landsAt: undefined }),
    pointClass(1011, 1299),
    pointClass(1300, 1300, { decision: 'undecided', judgement: undefined, landsAt: undefined }),
    pointClass(1301, 1400, {
      decision: 'refused',
      landsAt: undefined,
      reason: 'process-ended',
      conflict: undefined,
    }),
  ],
  { notes: ['one seed'] },
);

test('the summary says all that matters', () => {
  expect(summaryLines(small)).toMatchInlineSnapshot(`
    [
      "tasks.rv64.elf (rv64), figure-2.lup, seed 0",
      "1,401 points of a run of 1,400 instructions, in 9 classes",
      "3 patched runs, 1 of them merged, 1,234 instructions in all; 2.0 s, 701 points a second",
      "",
      "outcome                     points  classes",
      "lands at once, right           445        2",
      "waits, then right              821        1",
      "refused, goes on as before     100        1",
      "undecided                       12        3",
      "diverged                        23        2",
      "longest wait: 1,021 instructions, from 179 to 1200: report is active",
      "refused: 100 points, the first is 1301: process-ended",
      "",
      "23 points in 1 range fail; the first is 156, in the class up to 170: diverged",
      "  at: pc 0x1009c, thread 1",
      "  stack, innermost first: run < task < main",
      "  waits: run is active",
      "  lands at: 178",
      "  up to: instruction 170 at 0x100aa, fetches 0x10054, which the plan writes (call of run)",
      "  why: a line of neither version",
      "  output line 3: "count 4"",
      "    old program: "count 3"",
      "    new program: no such line",
      "  to repeat: suture run tasks.rv64.elf --patch figure-2.lup --at 156 < session.txt",
      "",
      "12 points undecided: 1000-1010, 1300",
      "note: one seed",
    ]
  `);
});

test('a rehearsal in which all is right says no more than that', () => {
  const lines = summaryLines(rehearsalOf([pointClass(0, 9, { conflict: undefined })]));
  expect(lines.slice(3)).toEqual([
    '',
    'outcome               points  classes',
    'lands at once, right      10        1',
  ]);
});

const refusedFor = (first: number, last: number, reason: string) =>
  pointClass(first, last, { decision: 'refused', landsAt: undefined, reason });

test('why points are refused is said for the reasons of most of them', () => {
  const lines = summaryLines(
    rehearsalOf([
      refusedFor(0, 0, 'busy: f is active'),
      refusedFor(1, 10, 'too-far: g'),
      refusedFor(11, 11, 'busy: h is active'),
      refusedFor(12, 14, 'busy: f is active'),
      refusedFor(15, 16, 'deadline: 5 instructions passed first; f is active'),
      refusedFor(17, 17, 'process-ended: the process has ended'),
    ]),
  );
  expect(lines.slice(6)).toEqual([
    'refused: 10 points, the first is 1: too-far: g',
    'refused: 4 points, the first is 0: busy: f is active',
    'refused: 2 points, the first is 15: deadline: 5 instructions passed first; f is active',
    'refused: 2 points for 2 other reasons',
  ]);
});

test('the longest wait tells what was waited for, however it ends', () => {
  const wait = {
    ...({ decision: 'deferred', landsAt: 30, reason: 'a is active' } as const),
    ...({ judgement: 'crashed', objection: 'it was ended by SIGSEGV' } as const),
  };
  const of = rehearsalOf([pointClass(0, 9, wait), pointClass(10, 40)]);
  expect(summaryLines(of)).toEqual(
    expect.arrayContaining([
      'longest wait: 30 instructions, from 0 to 30: a is active',
      '  waits: a is active',
      '  why: it was ended by SIGSEGV',
    ]),
  );
  expect(rehearsalJson(of).longestWait).toMatchObject({ reason: 'a is active' });
});

test('output that was named is shown as what was expected', () => {
  const shown = (expected: string | null): string[] => {
    const difference = { line: 2, expected, got: 'b' };
    const of = rehearsalOf([
      pointClass(0, 9, { judgement: 'diverged', objection: 'it wrote b', difference }),
    ]);
    expect(columnsOf(of).differences[0]).toHaveLength(3);
    return summaryLines(of).filter((line) => /output|expected|program:/.test(line));
  };
  expect(shown('c')).toEqual(['  output line 2: "b"', '    expected: "c"']);
  expect(shown(null)).toEqual(['  output line 2: "b"', '    expected: no such line']);
});

test('what comes from files moves no cursor', () => {
  const place = { pc: 16, thread: 1, stack: ['\u001b[2Jmain', 'a\u202eb'] };
  const text = summaryLines(
    rehearsalOf([pointClass(0, 9, { judgement: 'crashed', place, objection: 'x\ny' })]),
  ).join('|');
  expect(text).toContain('\\u{1b}[2Jmain < a\\u{202e}b');
  expect(text).toContain('x\\u{a}y');
});

test('JSON has every class, and ranges that fail or are undecided', () => {
  const json = JSON.parse(JSON.stringify(rehearsalJson(small))) as Record<string, unknown>;
  expect(json).toMatchObject({
    version: 2,
    points: 1401,
    failing: [{ first: 156, last: 178 }],
    undecided: [
      { first: 1000, last: 1010 },
      { first: 1300, last: 1300 },
    ],
    longestWait: { first: 179, landsAt: 1200, instructions: 1021, reason: 'report is active' },
  });
  const classes = json.classes as { first: number; outcome: string; repeat?: string }[];
  expect(classes[1]).toMatchObject({ reason: 'run is active', objection: 'a line of neither version' });
  expect(classes.map(({ outcome }) => outcome)).toEqual([
    ...[
      'at-once',
      'diverged',
      'diverged',
      'deferred',
      'undecided',
      'undecided',
      'at-once',
      'undecided',
      'refused',
    ],
  ]);
  expect(classes.filter(({ repeat }) => repeat !== undefined).map(({ repeat }) => repeat)).toEqual([
    small.repeat(156),
    small.repeat(171),
  ]);
});

test('columns give back what the classes say', () => {
  const data = columnsOf(small);
  const text = (place: number): string | undefined => (place < 0 ? undefined : data.texts[place]);
  let first = 0;
  for (const [i, each] of small.classes.entries()) {
    expect(first).toBe(each.first);
    first += data.length[i]!;
    expect(data.landsAt[i]).toBe(each.landsAt ?? -1);
    expect(text(data.reason[i]!)).toBe(each.reason);
    expect(text(data.objection[i]!)).toBe(each.objection);
    expect(data.stacks[data.stack[i]!]!.map(text)).toEqual(each.place.stack);
    expect(text(data.conflictWhy[i]!)).toBe(each.conflict?.why);
  }
  expect(data.differences[1]!.slice(1).map(text)).toEqual(['count 3', undefined, 'count 4']);
  expect(data.repeat).toEqual({
    parts: ['suture run tasks.rv64.elf --patch figure-2.lup --at ', ' < session.txt'],
  });
});

test('a command that has the point in no plain way is kept for each class', () => {
  const repeat = (point: number): string => `at 0x${point.toString(16)}`;
  const data = columnsOf({ ...small, repeat });
  const { commands } = data.repeat as { commands: number[] };
  expect(commands.map((place) => data.texts[place])).toEqual(small.classes.map(({ first }) => repeat(first)));
});

test('nothing in the page that came from a file is markup', () => {
  const evil = '</script><img src=x onerror=alert(1)>&\'"<!--';
  const place = { pc: 1, thread: 1, stack: [evil] };
  const html = mapHtml(
    rehearsalOf([pointClass(0, 9, { judgement: 'crashed', place, objection: evil })], {
      program: evil,
      patches: [evil],
      notes: [evil],
      repeat: (point) => `${evil} ${point}`,
    }),
  );
  expect(html).not.toContain('<img');
  expect(html).not.toContain('<!--');
  expect(html.match(/<\/script>/g)).toHaveLength(2);
});

test('the page asks for nothing', () => {
  expect(mapHtml(small)).not.toMatch(/(src|href)=|url\(|https?:|import/);
});

test('a page of 100,000 classes stays below 20 MB', () => {
  const html = mapHtml(generatedRehearsal(100_000));
  expect(Buffer.byteLength(html)).toBeLessThan(20 * MEBIBYTE);
  console.log(`100,000 classes: ${(Buffer.byteLength(html) / MEBIBYTE).toFixed(1)} MiB`);
});
