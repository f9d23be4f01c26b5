/** `suture rehearse` as a user runs it: exit codes, judges, journals, and what happens when something goes wrong. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { suture, type CliResult } from '../support/cli.js';
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
    }),
  ),
});
type Classes = z.infer<typeof Report>['classes'];
const reportOf = ({ stdout }: Pick<CliResult, 'stdout'>): z.infer<typeof Report> =>
  Report.parse(JSON.parse(stdout));

/** What a rehearsal finds that nothing disturbs. */
const whole = rehearse('--json');
const { classes: right } = reportOf(whole);
const POINTS = right.at(-1)!.last + 1;

test('nothing goes wrong with a patch that is right', () => {
  expect([whole.status, whole.stderr]).toEqual([0, '']);
  expect(right.every(({ judgement }) => judgement === 'right')).toBe(true);
  expect(right.map(({ first }) => first)).toEqual([0, ...right.slice(0, -1).map(({ last }) => last + 1)]);
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
      classes.filter(({ judgement }) => judgement === 'diverged').every(({ reason }) => reason === 'late'),
    ).toBe(true);
  });

  test.each([
    ['export default 5;', 'its default export must be a function'],
    [
      'export default () => 5;',
      'it returned a number; text that says what is wrong, or nothing, would be right',
    ],
    ['export default async () => "wrong";', 'it returned a promise'],
    ['export default () => { throw new TypeError("mine"); };', 'it threw TypeError: mine'],
    ['nonsense nonsense', 'it cannot be loaded: SyntaxError'],
  ])('but not by a module such as %s', (text, message) => {
    const { status, stdout, stderr } = rehearse('--oracle', written('bad.mjs', text));
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toMatch(/^suture: file:[^\n]*\n$/);
    expect(stderr).toContain(message);
  });
});

test('seeds are rehearsed one after the other', () => {
  const { status, stdout } = rehearse('--seeds', '2', '--seed', '5', '--json');
  const reports = z.array(Report.extend({ seed: z.int() })).parse(JSON.parse(stdout));
  expect([status, reports.map(({ seed }) => seed)]).toEqual([0, [5, 6]]);
});

test.each(['', '5', 'm', '0s', '-1s', '1.5h', '10 runs', '9999999999999999999s'])(
  'a budget of "%s" is none',
  (text) => {
    const { status, stderr } = rehearse('--budget', text);
    expect(status).toBe(64);
    expect(stderr).toMatch(/--budget/);
  },
);

/** A judge that minds output divides classes further: those that say the same count as one. */
function joined(classes: Classes): Classes {
  const result: Classes = [];
  for (const each of classes) {
    const last = result.at(-1);
    const text = ({ decision, judgement, landsAt, reason }: Classes[number]): string =>
      JSON.stringify([decision, judgement, landsAt, reason]);
    if (last !== undefined && text(last) === text(each)) last.last = each.last;
    else result.push({ ...each });
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
  const kept = lines.map((line) => z.object({ first: z.int(), last: z.int() }).parse(JSON.parse(line)));
  const count = (list: { first: number; last: number }[]): number =>
    list.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  expect(count(kept)).toBe(POINTS - count(undecided));
  troubleIsOver('stop');
  const resumed = rehearse(...more);
  expect(resumed.status).toBe(0);
  same(reportOf(resumed).classes);
});

test('what a lost worker left is done by another', () => {
  const end = `writeFileSync(${JSON.stringify(at('once.flag'))}, ''); process.exit(3);`;
  const { status, stdout, stderr } = rehearse('--oracle', trouble('once', end), '--json');
  expect(stderr).toMatch(
    /^a worker was lost between points \d+ and \d+ \(.*3\); what it left is tried once more\n$/,
  );
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
  const whole = good();
  const lines = whole.trimEnd().split('\n');

  test.each([
    ['of another rehearsal', whole, ['--deadline', '77'], 65, 'it is of another rehearsal'],
    ['that is something else', 'dear diary\n', [], 65, 'line 1 is not JSON'],
    ['that is some other text', 'dear diary', [], 65, 'line 1 is not JSON'],
    ['with a damaged line', whole.replace('"last":', '"lost":'), [], 65, 'line 2 is no class of points'],
    [
      'with a point too many',
      whole.replace(/"last":\d+/, '"last":999999'),
      [],
      65,
      'line 2 is no class of points',
    ],
    ['with a class twice', `${whole}${lines.at(-1)}\n`, [], 65, 'was decided twice'],
  ])('%s is refused, and stays as it is', (name, text, more, status, message) => {
    const journal = written('bad.journal', text);
    const refused = rehearse('--journal', journal, ...more);
    expect(refused.stderr).toContain(message);
    expect([refused.status, refused.stdout, name]).toEqual([status, '', name]);
    expect(readFileSync(journal, 'utf8')).toBe(text);
  });

  test('whose first line was cut is begun anew', () => {
    const journal = written('cut.journal', lines[0]!.slice(0, 30));
    const { status, stdout } = rehearse('--journal', journal, '--json');
    expect(status).toBe(0);
    same(reportOf({ stdout }).classes);
    expect(readFileSync(journal, 'utf8').split('\n')[0]).toBe(lines[0]);
  });

  test('in use is refused; the lock of a process that is gone is not', () => {
    const journal = written('locked.journal', whole);
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

  test.each(['/dev/full', tmpdir()])('cannot be %s', (path) => {
    const { status, stderr } = rehearse('--journal', path);
    expect(status).toBe(74);
    expect(stderr).toMatch(/^suture: journal [^\n]*\n$/);
  });
});
