/** `suture rehearse` as a user runs it: exit codes, judges, journals, and what happens when something goes wrong. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { suture, type CliResult } from '../support/cli.js';
import { seededNumbers } from '../support/numbers.js';
import { newName, pathOf, tellerName } from '../support/programs.js';
import { runCommand } from '../support/run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'suture-rehearse-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);
const written = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

const OLD = tellerName('rv64');
const NEW = newName('teller-grow', 'rv64');
const SESSION = 'patches/teller-grow/session.txt';
const ARGUMENTS = ['rehearse', OLD, NEW, '--stdin', SESSION, '--jobs', '1'];
const rehearse = (...more: string[]): CliResult => suture([...ARGUMENTS, ...more]);

const Report = z.object({
  runs: z.int(),
  notes: z.array(z.string()),
  classes: z.array(
    z.object({
      first: z.int(),
      last: z.int(),
      decision: z.string(),
      judgement: z.string().optional(),
      landsAt: z.int().optional(),
      reason: z.string(),
      objection: z.string().optional(),
      conflict: z.object({ instruction: z.int(), pc: z.int() }).optional(),
      ranInstructions: z.int(),
    }),
  ),
});
type Classes = z.infer<typeof Report>['classes'];
const reportOf = ({ stdout }: Pick<CliResult, 'stdout'>): z.infer<typeof Report> =>
  Report.parse(JSON.parse(stdout));

const Range = z.object({ first: z.int(), last: z.int() });
/** What a line of a journal tells, behind its sum. */
const toldIn = (line: string): string => line.slice(line.indexOf(' ') + 1);
const withSum = (text: string): string => `${crc32(text).toString(16).padStart(8, '0')} ${text}`;

/** What a report says of the run, without what it cost to find that out. */
const findings = ({ stdout }: Pick<CliResult, 'stdout'>): string =>
  JSON.stringify(JSON.parse(stdout), (name, value: unknown) => (COSTS.includes(name) ? undefined : value), 1);
const COSTS = ['runs', 'mergedRuns', 'ranInstructions', 'merged', 'hostSeconds'];

/** What a rehearsal finds that nothing disturbs. */
const whole = rehearse('--json');
const { classes: right } = reportOf(whole);
const POINTS = right.at(-1)!.last + 1;

test('nothing goes wrong with a patch that is right', () => {
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  expect(right.every(({ judgement }) => judgement === 'right')).toBe(true);
  expect(right.map(({ first }) => first)).toEqual([0, ...right.slice(0, -1).map(({ last }) => last + 1)]);
});

test('every class before those of the end tells the instruction that ends it', () => {
  const traced = suture(['run', OLD, '--trace-instructions'], readFileSync(pathOf(SESSION))).stderr;
  const pcs = new Map(
    [...traced.matchAll(/^(\d+) \[\d+\] (0x[0-9a-f]+) /gm)].map(([, point, pc]) => [
      Number(point),
      Number(pc),
    ]),
  );
  expect(pcs.size).toBe(POINTS - 1);
  expect(right.some(({ decision }) => decision === 'deferred')).toBe(true);
  expect(right.map(({ conflict }) => conflict?.instruction)).toEqual([
    ...right.slice(0, -2).map(({ last }) => last),
    ...[undefined, undefined],
  ]);
  for (const { conflict } of right.slice(0, -2)) expect(conflict!.pc).toBe(pcs.get(conflict!.instruction));
});

test('a patch that crashes is wrong although it always does, and the command repeats it', () => {
  const source = written('crash.s', '.globl deposit\ndeposit: ld [%g0], %g1\n retl\n nop\n');
  const patch = at('crash.lup');
  expect(suture(['build', tellerName('sparc'), '--asm', source, '-o', patch]).status).toBe(0);
  const { status, stdout } = suture(['rehearse', tellerName('sparc'), patch, '--stdin', SESSION]);
  expect(status).toBe(82);
  expect(stdout).toContain('note: the new program is ended by SIGSEGV');
  const [, pc] = /why: it was ended by SIGSEGV at pc (0x[0-9a-f]+)/.exec(stdout)!;
  const [, command] = /to repeat: suture (.*) < /.exec(stdout)!;
  const repeated = suture(command!.split(' '), readFileSync(pathOf(SESSION)));
  expect(repeated.status).toBe(128 + 11);
  expect(repeated.stderr).toContain(pc);
});

test('the command that repeats a point has all that decides what happens there', () => {
  const asked = ['--from', OLD, '--memory', '64', '--quantum', '99', '--env', 'NAME=a b', '--deadline', '7'];
  const { stdout } = rehearse(...asked, '--status', '3');
  expect(stdout).toContain(
    `to repeat: suture run ${OLD} --patch ${NEW} --at 0 --from ${OLD} --quantum 99 --memory 64 --env 'NAME=a b' --deadline 7 < ${SESSION}\n`,
  );
});

test('a point that hangs is repeated to where it was said to', () => {
  const source = written('hang.s', '.globl deposit\ndeposit: ba deposit\n nop\n retl\n nop\n');
  const patch = at('hang.lup');
  expect(suture(['build', tellerName('sparc'), '--asm', source, '-o', patch]).status).toBe(0);
  const old = tellerName('sparc');
  const { status, stdout } = suture(['rehearse', old, patch, '--new', old, '--stdin', SESSION]);
  expect(status).toBe(82);
  const [, limit] = /why: it had not ended after (\d+) instructions/.exec(stdout)!;
  expect(stdout).toContain(`--at 0 --max-instructions ${limit} < ${SESSION}\n`);
});

test('a point that goes wrong gives 82, and the command that repeats it does the same', () => {
  const [tasks, patch] = ['targets/tasks/tasks.rv64.elf', 'patches/figure-2-activeness/new.rv64.elf'];
  const session = 'patches/figure-2-activeness/session.txt';
  const { status, stdout } = suture(['rehearse', tasks, patch, '--stdin', session]);
  expect(status).toBe(82);
  const [, command] = /to repeat: suture (.*) < /.exec(stdout)!;
  const why = /why: it wrote "(.*)" where/.exec(stdout)![1]!;
  const repeated = suture(command!.split(' '), readFileSync(pathOf(session)));
  expect(repeated.stdout).toContain(why);
  expect(suture(['run', tasks], readFileSync(pathOf(session))).stdout).not.toContain(why);
});

test('with a binding table the run is that of the program that has it, to its last point', () => {
  const { classes } = reportOf(rehearse('--json', '--redirect', 'binding-table'));
  const end = classes.at(-1)!;
  expect(end.last + 1).toBeGreaterThan(POINTS);
  expect([end.first, end.decision]).toEqual([end.last, 'refused']);
  expect(end.reason).toContain('process-ended');
});

test('a patch that lands nowhere gives 76', () => {
  const { status, stdout } = rehearse('--redirect', 'in-place');
  expect(stdout).toMatch(/^refused, goes on as before +7,142 /m);
  expect(status).toBe(76);
});

describe('what is right can be said', () => {
  const after = (): string => {
    const { stdout } = suture(['run', NEW], readFileSync(pathOf(SESSION)));
    return written('after.txt', stdout);
  };

  test('as the output that is expected', () => {
    const { status, stdout } = rehearse('--expect', after(), '--json');
    expect(status).toBe(82);
    // Only who lands before anything that differs was answered writes what the new program does.
    const { classes } = reportOf({ stdout });
    expect(classes[0]).toMatchObject({ first: 0, judgement: 'right' });
    expect(classes.at(-1)).toMatchObject({ decision: 'refused', judgement: 'diverged' });
  });

  test('as an exit status', () => {
    const { status, stdout } = rehearse('--status', '3');
    expect(status).toBe(82);
    expect(stdout).toContain('it ended with exit status 0; exit status 3 would be right');
  });

  test('by a module', () => {
    const module = written(
      'early.mjs',
      'export default ({ landedAfter }) => landedAfter > 20 ? "late" : undefined;',
    );
    const { status, stdout } = rehearse('--oracle', module, '--json');
    expect(status).toBe(82);
    const { classes } = reportOf({ stdout });
    expect(classes[0]!.judgement).toBe('right');
    expect(
      classes
        .filter(({ judgement }) => judgement === 'diverged')
        .every(({ objection }) => objection === 'late'),
    ).toBe(true);
  });

  test('by a module that is asked while the program runs, which then stops at once', () => {
    const module = written(
      'early.mjs',
      `export default () => undefined;
       export const during = ({ output, landedAfter }) => output.length > landedAfter ? 'it wrote' : undefined;`,
    );
    const { status, stdout } = rehearse('--oracle', module, '--json');
    expect(status).toBe(82);
    const [first, ...others] = reportOf({ stdout }).classes;
    expect(first).toMatchObject({ first: 0, judgement: 'diverged', objection: 'it wrote' });
    expect(first!.ranInstructions).toBeLessThan(POINTS / 10);
    expect(others.at(-2)).toMatchObject({ judgement: 'right' });
  });

  test.each([
    ['export const during = 5; export default () => undefined;', 'its export during must be a function'],
    ['export default 5;', 'its default export must be a function'],
    [
      'export default () => 5;',
      'it returned a number; text that says what is wrong, or nothing, would be right',
    ],
    ['export default async () => "wrong";', 'it returned a promise'],
    ['export default () => { throw new TypeError("mine"); };', 'it threw TypeError: mine'],
    ['export default () => { throw Object.create(null); };', 'it threw something that has no text'],
    ['nonsense nonsense', 'it cannot be loaded: SyntaxError'],
  ])('but not by a module such as %s', (text, message) => {
    const { status, stdout, stderr } = rehearse('--oracle', written('bad.mjs', text));
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toMatch(/^suture: [^\n]*bad\.mjs: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});

test.each(['process.exit(0);', 'await new Promise(() => undefined);'])(
  'a module that ends suture, or waits for ever, is no success: %s',
  (text) => {
    const module = written('end.mjs', `${text} export default () => undefined;`);
    const { status, stdout, stderr } = rehearse('--oracle', module);
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toBe(`suture: ${module}: it ended suture, or waits for what never comes\n`);
  },
);

test('seeds are rehearsed one after the other', () => {
  const { status, stdout } = rehearse('--seeds', '2', '--seed', '5', '--json');
  const reports = z.array(Report.extend({ seed: z.int() })).parse(JSON.parse(stdout));
  expect([status, reports.map(({ seed }) => seed)]).toEqual([0, [5, 6]]);
});

test.each(['', '5', 'm', '0s', '-1s', '1.5h', '10 runs', '9999999999999999999s', '597h', '2147484s'])(
  'a budget of "%s" is none',
  (text) => {
    const { status, stderr } = rehearse('--budget', text);
    expect(status).toBe(64);
    expect(stderr).toMatch(/--budget/);
  },
);

test.each([
  [['--status', '256'], 64, 'It must be an exit status, 0 to 255'],
  [['--seeds', '0'], 64, 'It must be a whole number, 1 or more'],
  [['--seed', '9007199254740991', '--seeds', '2'], 64, 'no seed above 9007199254740991'],
  [['--self-check', '0'], 64, 'It must be a number of points, or all'],
  [['--self-check', 'some'], 64, 'It must be a number of points, or all'],
  [['--html', ''], 64, 'It must be the name of a file'],
  [['--journal', ''], 64, 'It must be the name of a file'],
  [['--oracle', 'judge.mjs', '--status', '0'], 64, "cannot be used with option '--status <n>'"],
  [['--oracle', 'judge.mjs', '--expect', SESSION], 64, "cannot be used with option '--expect <file>'"],
  [['--oracle', '/no/judge.mjs'], 66, '/no/judge.mjs: there is no such file'],
  [['--expect', '/no/output'], 66, '/no/output: there is no such file'],
  [['--stdin', '/no/input'], 66, '/no/input: there is no such file'],
  [['--html', '/no/map.html'], 74, '/no/map.html: cannot be written: its folder does not exist'],
  [['--html', tmpdir(), '--json'], 74, 'cannot be written: it is not a file'],
])('what is wrong with %j is said before anything is rehearsed', (more, status, message) => {
  const journal = at('untouched.journal');
  const refused = rehearse('--journal', journal, ...more);
  expect([refused.status, refused.stdout]).toEqual([status, '']);
  expect(refused.stderr).toContain(message);
  expect(existsSync(journal)).toBe(false);
});

test('a check of all points of a run that is too long is refused before it is rehearsed', () => {
  const input = written('long.txt', readFileSync(pathOf(SESSION), 'utf8').replace('quit\n', '').repeat(5));
  const { status, stdout, stderr } = rehearse('--stdin', input, '--self-check', 'all');
  expect([status, stdout]).toEqual([64, '']);
  expect(stderr).toMatch(
    /^suture: --self-check all is for runs of fewer than 20000 instructions, and this has \d+/,
  );
});

test('what was found is told although the map cannot be written', async () => {
  const limited = `trap '' XFSZ; ulimit -f 2; exec "$@"`;
  const command = [
    process.execPath,
    pathOf('dist/cli/main.js'),
    ...ARGUMENTS,
    '--json',
    '--html',
    at('full.html'),
  ];
  const full = await runCommand('sh', ['-c', limited, 'sh', ...command], {
    cwd: pathOf('.'),
    limit: 100_000,
  });
  expect(full.status).toBe(74);
  expect(full.stderr).toMatch(/^suture: .*full\.html: cannot be written: [^\n]*\n$/);
  expect(findings(full)).toBe(findings(whole));
  expect(existsSync(at('full.html'))).toBe(false);
});

/** A judge that minds output divides classes further: those that say the same count as one. */
function joined(classes: Classes): Pick<Classes[number], 'first' | 'last' | 'reason'>[] {
  const result: { first: number; last: number; reason: string; says: string }[] = [];
  for (const { first, last, decision, judgement, landsAt, reason, objection } of classes) {
    const says = JSON.stringify([decision, judgement, landsAt, objection]);
    const before = result.at(-1);
    if (before?.says === says && before.reason === reason) before.last = last;
    else result.push({ first, last, reason, says });
  }
  return result;
}

const same = (found: Classes): void => {
  expect(joined(found)).toEqual(joined(right));
};

/** Most of what is written. */
const LATE = Math.floor(0.7 * suture(['run', OLD], readFileSync(pathOf(SESSION))).stdout.length);

/** Blocks, or ends its thread, in the runs of updates that land late, once it finds no file of this name. */
const trouble = (name: string, then: string): string =>
  written(
    `${name}.mjs`,
    `import { existsSync, writeFileSync } from 'node:fs';
     export default ({ landedAfter }) => {
       if (!(landedAfter > ${LATE}) || existsSync(${JSON.stringify(at(`${name}.flag`))})) return undefined;
       ${then}
     };`,
  );
const troubleIsOver = (name: string): string => written(`${name}.flag`, '');

test('Ctrl-C ends a rehearsal in the middle, and its journal goes on from there', async () => {
  const wait =
    'process.kill(process.pid, "SIGINT"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
  const more = ['--oracle', trouble('stop', wait), '--journal', at('stop.journal'), '--json'];
  const ended = await runCommand(process.execPath, [pathOf('dist/cli/main.js'), ...ARGUMENTS, ...more], {
    cwd: pathOf('.'),
    limit: 100_000,
  });
  expect([ended.status, ended.stderr]).toEqual([83, 'interrupted\n']);
  const { classes } = reportOf(ended);
  const undecided = classes.filter(({ decision }) => decision === 'undecided');
  expect(undecided.length).toBeGreaterThan(0);
  expect(classes.length).toBeGreaterThan(undecided.length);
  expect(classes.at(-1)!.last).toBe(POINTS - 1);
  const lines = readFileSync(at('stop.journal'), 'utf8').trimEnd().split('\n').slice(1);
  const kept = lines.map((line) => Range.parse(JSON.parse(toldIn(line))));
  const count = (list: { first: number; last: number }[]): number =>
    list.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  expect(count(kept)).toBe(POINTS - count(undecided));
  troubleIsOver('stop');
  const resumed = rehearse(...more);
  expect(resumed.status).toBe(0);
  same(reportOf(resumed).classes);
});

test('killed in the middle, it finds the same when it goes on from its journal, to the byte', async () => {
  const kill = 'process.kill(process.pid, "SIGKILL");';
  const more = ['--oracle', trouble('kill', kill), '--journal', at('kill.journal'), '--json'];
  const command = [pathOf('dist/cli/main.js'), ...ARGUMENTS, ...more];
  const killed = await runCommand(process.execPath, command, { cwd: pathOf('.'), limit: 100_000 });
  expect([killed.signal, killed.stdout]).toEqual(['SIGKILL', '']);
  troubleIsOver('kill');
  const undisturbed = rehearse(...more.slice(0, 2), '--json');
  expect(findings(rehearse(...more))).toBe(findings(undisturbed));
});

test.each([
  ['once', 'process.exit(3);', /\(.*3\)/],
  ['greedy', 'for (const all = [];;) all.push(new Array(1e5).fill(0.5));', /\(.*memory.*\)/],
])('what a lost worker left is done by another: %s', (name, end, why) => {
  const judge = trouble(name, `writeFileSync(${JSON.stringify(at(`${name}.flag`))}, ''); ${end}`);
  const { status, stdout, stderr } = rehearse('--oracle', judge, '--json');
  expect(stderr).toMatch(
    /^a worker was lost between points \d+ and \d+ \(.*\); what it left is tried once more\n$/,
  );
  expect(stderr).toMatch(why);
  expect(status).toBe(0);
  same(reportOf({ stdout }).classes);
});

test('where workers are lost again and again, points stay undecided', () => {
  const { status, stdout } = rehearse('--oracle', trouble('always', 'process.exit(3);'), '--json');
  expect(status).toBe(83);
  const { classes, notes } = reportOf({ stdout });
  expect(notes).toEqual([expect.stringMatching(/^a worker was lost twice between points \d+ and \d+/)]);
  const decided = classes.filter(({ decision }) => decision !== 'undecided');
  expect(decided.length).toBeGreaterThan(0);
  expect(decided.every(({ judgement }) => judgement === 'right')).toBe(true);
});

test('what a module prints is no part of the report', () => {
  const judge = written('prints.mjs', 'export default () => { console.log("one"); console.error("two"); };');
  const { status, stdout, stderr } = rehearse('--oracle', judge, '--json');
  expect(status).toBe(0);
  same(reportOf({ stdout }).classes);
  expect(new Set(stderr.trimEnd().split('\n'))).toEqual(new Set(['one', 'two']));
});

describe('a journal', () => {
  test('is gone on with after a budget, line by line, and cut where it was cut', () => {
    const journal = at('budget.journal');
    expect(rehearse('--journal', journal, '--budget', '1runs', '--json').status).toBe(83);
    const before = readFileSync(journal, 'utf8');
    appendFileSync(journal, before.trimEnd().split('\n').at(-1)!.slice(0, 20));
    const { status, stdout, stderr } = rehearse('--journal', journal, '--json');
    expect([status, stderr]).toEqual([0, '']);
    same(reportOf({ stdout }).classes);
    expect(readFileSync(journal, 'utf8').startsWith(before)).toBe(true);
    // All is known now.
    const again = rehearse('--journal', journal, '--json');
    same(reportOf(again).classes);
  });

  const good = (): string => {
    const journal = at('good.journal');
    rehearse('--journal', journal);
    return readFileSync(journal, 'utf8');
  };
  const text = good();
  const lines = text.trimEnd().split('\n');

  test('of which any lines are there leads to the same report, to the byte', () => {
    const random = seededNumbers(3);
    const [header, ...rest] = lines;
    for (let trial = 0; trial < 3; trial++) {
      const kept = rest.filter(() => random() % 2 === 0);
      expect(kept.length).not.toBe(rest.length);
      const journal = written('some.journal', [header, ...kept, ''].join('\n'));
      expect(findings(rehearse('--journal', journal, '--json'))).toBe(findings(whole));
    }
  });

  const changed = (number: number, change: (line: string) => string): string =>
    lines.map((line, i) => `${i === number ? withSum(change(toldIn(line))) : line}\n`).join('');

  test.each([
    ['of another rehearsal', text, ['--deadline', '77'], 'it is of another rehearsal'],
    ['of other input', text, ['--stdin', 'README.md'], 'it is of another rehearsal'],
    ['of another seed', text, ['--seed', '1'], 'it is of another rehearsal'],
    ['that is something else', 'dear diary\n', [], 'it is no journal of a rehearsal'],
    ['that is some other text', 'dear diary', [], 'it is no journal of a rehearsal'],
    [
      'of another suture',
      changed(0, (line) => line.replace('rehearsal 3', 'rehearsal 1')),
      [],
      'it is of "rehearsal 1, suture ',
    ],
    [
      'of another build of suture',
      changed(0, (line) => line.replace(/build \w+/, 'build 0123456789abcdef')),
      [],
      'go on with the suture that began it, or name another file to begin anew',
    ],
    [
      'with a line of another kind',
      changed(1, (line) => line.replace('"last":', '"lost":')),
      [],
      'line 2 is no class of points',
    ],
    [
      'with a point too many',
      changed(1, (line) => line.replace(/"last":\d+/, '"last":999999')),
      [],
      'line 2 is no class of points',
    ],
    ['with a class twice', `${text}${lines.at(-1)}\n`, [], 'was decided twice'],
    [
      'with half a line in the middle',
      `${lines[0]}\n${lines[1]!.slice(0, 50)}\n${lines[2]}\n`,
      [],
      'line 2 is damaged',
    ],
  ])('%s is refused, and stays as it is', (name, contents, more, message) => {
    const journal = written('bad.journal', contents);
    const refused = rehearse('--journal', journal, ...more);
    expect(refused.stderr).toContain(message);
    expect([refused.status, refused.stdout, name]).toEqual([65, '', name]);
    expect(readFileSync(journal, 'utf8')).toBe(contents);
  });

  test('with one wrong bit is refused, wherever that is', () => {
    const random = seededNumbers(1);
    const numberAt = text.indexOf('"landsAt":') + '"landsAt":'.length;
    for (const place of [numberAt, ...Array.from({ length: 4 }, () => random() % (text.length - 1))]) {
      const bytes = Buffer.from(text);
      bytes[place]! ^= 1;
      writeFileSync(at('bit.journal'), bytes);
      const { status, stdout, stderr } = rehearse('--journal', at('bit.journal'));
      expect([status, stdout, place]).toEqual([65, '', place]);
      expect(stderr).toMatch(/^suture: journal .*damaged/);
    }
  });

  test('of a module that says something else by now is refused', () => {
    const module = (text: string): string => written('judge.mjs', `export default () => ${text};`);
    const more = ['--oracle', module('undefined'), '--journal', at('judge.journal')];
    expect(rehearse(...more).status).toBe(0);
    module('"all wrong"');
    const { status, stderr } = rehearse(...more);
    expect(status).toBe(65);
    expect(stderr).toContain('it is of another rehearsal');
  });

  test('whose first line was cut is begun anew', () => {
    const journal = written('cut.journal', lines[0]!.slice(0, 30));
    const { status, stdout } = rehearse('--journal', journal, '--json');
    expect(status).toBe(0);
    same(reportOf({ stdout }).classes);
    expect(readFileSync(journal, 'utf8').split('\n')[0]).toBe(lines[0]);
  });

  test('in use is refused; the lock of a process that is gone is not', () => {
    const journal = written('locked.journal', text);
    written('locked.journal.lock', String(process.pid));
    const locked = rehearse('--journal', journal);
    expect([locked.status, locked.stdout]).toEqual([74, '']);
    expect(locked.stderr).toContain(`is in use by process ${process.pid}`);
    written('locked.journal.lock', String(2 ** 31 - 1));
    expect(rehearse('--journal', journal).status).toBe(0);
  });

  test('on a full disk ends the rehearsal, and is good when there is room again', async () => {
    const journal = at('full.journal');
    const command = [process.execPath, pathOf('dist/cli/main.js'), ...ARGUMENTS, '--journal', journal];
    // A file may not grow beyond two blocks of 512 bytes.
    const limited = `trap '' XFSZ; ulimit -f 2; exec "$@"`;
    const full = await runCommand('sh', ['-c', limited, 'sh', ...command], {
      cwd: pathOf('.'),
      limit: 100_000,
    });
    expect([full.status, full.stdout]).toEqual([74, '']);
    expect(full.stderr).toMatch(/^suture: journal .* cannot be written: [^\n]*\n$/);
    const { status, stdout } = rehearse('--journal', journal, '--json');
    expect(status).toBe(0);
    same(reportOf({ stdout }).classes);
  });

  test.each(['/dev/full', '/tmp'])('cannot be %s, and no lock stays beside it', (kind) => {
    // The lock lies beside the name that is given: here, where anybody may write.
    const path = at(`link-to${kind.replaceAll('/', '-')}`);
    symlinkSync(kind, path);
    const { status, stdout, stderr } = rehearse('--journal', path);
    expect([status, stdout]).toEqual([74, '']);
    expect(stderr).toBe(`suture: journal ${path}: it is no regular file\n`);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});
