/** What a program reads, standard input and files, is the same in a rehearsal and in the run that repeats a point. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { GrantedDirectory } from '#suture/cli/host-directory.js';
import { Process } from '#suture/process/process.js';
import { runAlone, takeFiles, TooManyFiles } from '#suture/rehearsal/index.js';
import { GivenDirectory } from '#suture/rehearsal/given-files.js';
import { Session } from '#suture/rehearsal/workload.js';
import { suture, sutureReading, type CliResult } from '../support/cli.js';
import { imageOf, ISAS, pathOf } from '../support/programs.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'suture-input-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const at = (name: string): string => join(folder, name);
const written = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

const WATCH = 'targets/watch/watch.sparc.elf';
const REQUESTS = written('requests.txt', '1\n2\n3\n');
const SHORT_TURNS = ['--quantum', '100'];

function assembled(name: string, text: string): string {
  const patch = at(`${name}.lup`);
  const made = suture(['build', WATCH, '--asm', written(`${name}.s`, text), '-o', patch]);
  expect(made.status, made.stderr).toBe(0);
  return patch;
}

/** The second procedure counts, where the first one did: between the two a request is counted twice. */
const COUNTS_LATER = assembled(
  'later',
  `.globl note
note: retl
 nop
.globl keep
keep: sethi %hi(requests), %g1
 ld [%g1 + %lo(requests)], %g2
 inc %g2
 st %g2, [%g1 + %lo(requests)]
 sethi %hi(latest), %g1
 retl
 st %o0, [%g1 + %lo(latest)]
`,
);

const Report = z.object({
  instructions: z.int(),
  hostSeconds: z.number(),
  failing: z.array(z.object({ first: z.int(), last: z.int() })),
  classes: z.array(
    z.object({
      first: z.int(),
      last: z.int(),
      decision: z.string(),
      landsAt: z.int().optional(),
      difference: z.object({ line: z.int(), got: z.string().optional() }).optional(),
    }),
  ),
});
type Report = z.infer<typeof Report>;
const reportOf = ({ stdout }: CliResult): Report => Report.parse(JSON.parse(stdout));

/** Runs the points of a rehearsal one by one, as it says they can be repeated. */
function expectRepeated({ classes, failing }: Report, input: string, run: readonly string[]): void {
  expect(failing.length).toBeGreaterThan(0);
  for (const point of failing.flatMap(({ first, last }) => [first, last])) {
    const { landsAt, difference } = classes.find(({ first, last }) => first <= point && point <= last)!;
    const { stdout, stderr } = sutureReading(input, ['run', ...run, '--at', String(point)]);
    expect(stderr).toContain(`update applied at instruction ${landsAt ?? point} `);
    expect(stdout.split('\n')[difference!.line - 1], `at ${point}`).toBe(difference!.got);
  }
}

describe('a program of which a thread runs while another one reads', () => {
  test('is repeated as it was rehearsed, input from a file being there from the start', () => {
    const asked = ['rehearse', WATCH, COUNTS_LATER, '--stdin', REQUESTS, ...SHORT_TURNS, '--json'];
    expectRepeated(reportOf(suture(asked)), REQUESTS, [WATCH, '--patch', COUNTS_LATER, ...SHORT_TURNS]);
  });

  test('reads the files of a directory that is granted, in the rehearsal and in the run that repeats it', () => {
    const granted = [...SHORT_TURNS, '--dir', folder];
    const asked = ['rehearse', WATCH, COUNTS_LATER, ...granted, REQUESTS];
    const { status, stdout } = suture([...asked, '--self-check', '20']);
    expect([status, stdout]).toEqual([
      82,
      expect.stringContaining(`--dir ${folder} -- ${REQUESTS} < /dev/null`),
    ]);
    const run = [WATCH, '--patch', COUNTS_LATER, ...granted, REQUESTS];
    expectRepeated(reportOf(suture([...asked, '--json'])), '/dev/null', run);
  });

  test.each(ISAS)('on %s does not run for ever where it is asked when it reads', (isa) => {
    const run = vi.spyOn(Process.prototype, 'run');
    const input = new Uint8Array(readFileSync(REQUESTS));
    const solo = runAlone(imageOf(`targets/watch/watch.${isa}.elf`), { input, quantum: 100 }, 50_000_000);
    const instructions = run.mock.contexts.map((process) => (process as Process).instructions);
    expect(instructions.length).toBeGreaterThan(1);
    expect(Math.max(...instructions)).toBeLessThanOrEqual(4 * solo.instructions + 1_000_000);
    expect(solo.answers).toBeUndefined();
  });

  test('ends at the end of /dev/null', () => {
    expect(sutureReading('/dev/null', ['run', WATCH, ...SHORT_TURNS])).toMatchObject({
      status: 0,
      stdout: '',
    });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test('a program has the name in a rehearsal that it has in a run: its stack begins at the same place', () => {
  const tellsStack = assembled(
    'stack',
    `.globl keep
keep: sethi %hi(latest), %g1
 retl
 st %sp, [%g1 + %lo(latest)]
`,
  );
  const asked = ['rehearse', WATCH, tellsStack, '--new', WATCH, '--stdin', REQUESTS, '--json'];
  const { failing, ...report } = reportOf(suture(asked));
  expectRepeated({ ...report, failing: failing.slice(0, 1) }, REQUESTS, [WATCH, '--patch', tellsStack]);
});

test('one read takes as much of a file as it asks for', () => {
  const input = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const { process } = Session.start(imageOf(WATCH), { input });
  expect(process.streams.read(150_000)).toEqual(input.subarray(0, 150_000));
  expect(process.streams.read(300_000)).toEqual(input.subarray(150_000));
  expect(process.streams.read(1)).toEqual(new Uint8Array());
});

test('a file that is too large to be kept is refused, also by run', () => {
  const large = written('large', '');
  truncateSync(large, 2 ** 29 + 1);
  const { status, stderr } = sutureReading(large, ['run', '--max-instructions', '9', WATCH]);
  expect([status, stderr]).toEqual([
    65,
    'suture: standard input: 536870913 bytes; at most 536870912 are read\n',
  ]);
});

test('the time that both programs take by themselves counts', () => {
  // An hour passes whenever the main thread runs a process.
  const clock = written(
    'clock.mjs',
    `import { isMainThread } from 'node:worker_threads';
import { Process } from '${pathToFileURL(pathOf('dist/process/process.js')).href}';
const run = Process.prototype.run;
let now = 0;
if (isMainThread) {
  Date.now = () => now;
  Process.prototype.run = function (limit) {
    now += 3_600_000;
    return run.call(this, limit);
  };
}
`,
  );
  const environment = { NODE_OPTIONS: `--import ${pathToFileURL(clock).href}` };
  const asked = ['rehearse', WATCH, COUNTS_LATER, '--stdin', REQUESTS, ...SHORT_TURNS, '--json'];
  const { hostSeconds } = reportOf(suture(asked, '', environment));
  expect(hostSeconds).toBeGreaterThanOrEqual(4 * 3600);
  const { classes, instructions } = reportOf(suture([...asked, '--budget', '4h'], '', environment));
  expect(classes).toMatchObject([{ first: 0, last: instructions, decision: 'undecided' }]);
});

describe('files of a rehearsal', () => {
  test('are those that were there when it began', () => {
    const top = at('given');
    for (const path of [top, join(top, 'sub')]) mkdirSync(path);
    writeFileSync(join(top, 'sub/file'), 'before');
    const host = new GrantedDirectory(top);
    const given = new GivenDirectory(structuredClone(takeFiles(host)));
    for (const path of ['', 'sub', 'sub/file', 'nothing', 'sub/file/below'])
      expect(given.stat(path), path).toEqual(path === 'sub/file/below' ? 'ENOENT' : host.stat(path));
    writeFileSync(join(top, 'sub/file'), 'behind');
    expect(given.list('')).toEqual(['sub']);
    expect(given.list('sub/file')).toBe('ENOTDIR');
    expect(Buffer.from(given.read('sub/file', 4) as Uint8Array).toString()).toBe('befo');
    expect(given.readLink('sub/file')).toBe('EINVAL');
  });

  test('may be so many', () => {
    const endless = {
      list: () => ['deeper'],
      stat: () => ({ kind: 'directory', size: 0, mode: 0o755, access: 7 }) as const,
      read: () => 'EISDIR' as const,
      readLink: () => 'EINVAL' as const,
    };
    expect(() => takeFiles(endless)).toThrow(TooManyFiles);
    const large = {
      ...endless,
      stat: () => ({ kind: 'file', size: 65 << 20, mode: 0o644, access: 4 }) as const,
    };
    expect(() => takeFiles(large)).toThrow(/more than 10000 files or 64 MiB/);
  });

  test('a directory that is not there is said to be missing', () => {
    const missing = at('missing');
    const { status, stderr } = suture(['rehearse', WATCH, COUNTS_LATER, '--dir', missing]);
    expect([status, existsSync(missing)]).toEqual([66, false]);
    expect(stderr).toContain(`--dir ${missing}: `);
  });
});
