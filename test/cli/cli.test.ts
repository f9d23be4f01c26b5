import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Inspection } from '#suture/patch/index.js';
import { PLAIN, suture } from '../support/cli.js';
import { bytesOf, faultsName, ISAS, newName, pathOf, sessionOf, tellerName } from '../support/programs.js';

let folder = '';
const scratch = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const RISCV = tellerName('rv32');
const NEW = newName('teller-grow', 'rv32');

/** A program without its section table. */
function withoutSections(): Uint8Array {
  const bytes = bytesOf(RISCV);
  const view = new DataView(bytes.buffer);
  view.setUint32(32, 0, true);
  view.setUint16(48, 0, true);
  view.setUint16(50, 0, true);
  return bytes;
}

/** A program whose symbol table section is of another type. */
function withoutSymbols(): Uint8Array {
  const bytes = bytesOf(RISCV);
  const view = new DataView(bytes.buffer);
  const table = view.getUint32(32, true);
  for (let i = 0; i < view.getUint16(48, true); i++) {
    const type = table + 40 * i + 4;
    if ([2, 4].includes(view.getUint32(type, true))) view.setUint32(type, 1, true);
  }
  return bytes;
}

describe('wrong arguments', () => {
  test.each([
    [[], 'Usage: suture'],
    [['fly'], "unknown command 'fly'"],
    [['run'], "missing required argument 'file'"],
    [
      ['run', '--patch', NEW, '--at', 'soon', RISCV],
      '--at soon: a moment is a number of instructions, entry:',
    ],
    [['run', '--patch', NEW, '--redirect', 'somehow', RISCV], 'It must be one of in-place, call-sites'],
    [
      ['run', '--patch', NEW, '--redirect', 'NOSUCH=in-place', RISCV],
      '--redirect NOSUCH=in-place: the patch does not replace a procedure NOSUCH; it replaces compound\n',
    ],
    [
      ['plan', '--redirect', 'main=trampoline', RISCV, NEW],
      '--redirect main=trampoline: the patch does not replace a procedure main; it replaces compound\n',
    ],
    [
      ['rehearse', '--redirect', 'NOSUCH=in-place', RISCV, NEW],
      '--redirect NOSUCH=in-place: the patch does not replace a procedure NOSUCH; it replaces compound\n',
    ],
    [['run', '--patch', NEW, '--at', '1', '--at', '2', RISCV], '1 patches and 2 moments; give one for all'],
    [['plan', RISCV], 'plan needs a patch'],
    [['run', '--at', '5', RISCV], '--at is about a patch; name one with --patch NEW'],
    [['run', '--patch', NEW, '--at', '9', '--rollback-at', '5', RISCV], '--rollback-at 5 lies before --at 9'],
    [['pmap', '--at', '-1', RISCV], '--at -1: a moment is a number of instructions'],
  ])('%j exit with 64 and say what is wrong', (args, message) => {
    const { status, stdout, stderr } = suture(args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(status).toBe(64);
  });

  test('help is not an error', () => {
    const { status, stdout } = suture(['--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('pmap');
  });
});

describe('bad files', () => {
  test.each([
    ['missing.elf', undefined, 66, 'there is no such file'],
    ['empty.elf', '', 65, 'not an ELF file'],
    ['text.elf', 'hello, world\n', 65, 'not an ELF file'],
  ])('%s', (name, contents, code, message) => {
    const path = contents === undefined ? join(folder, name) : scratch(name, contents);
    const { status, stdout, stderr } = suture(['run', path]);
    expect(stderr).toMatch(/^suture: .*\n$/);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([code, '']);
  });

  test('a folder is not a file', () => {
    const { status, stderr } = suture(['run', folder]);
    expect(stderr).toContain('it is a directory');
    expect(status).toBe(66);
  });

  test.each([
    ['cut in the header', bytesOf(RISCV).slice(0, 30), 'inside the ELF header'],
    ['cut in the section table', bytesOf(RISCV).slice(0, -50), 'the section table'],
  ])('%s', (name, bytes, message) => {
    const { status, stderr } = suture(['pmap', scratch(`${name}.elf`, bytes)]);
    expect(stderr).toContain(message);
    expect(status).toBe(65);
  });

  test.each([
    ['without a section table', withoutSections, 'has no section table'],
    ['without symbols', withoutSymbols, 'has no symbol table with procedures'],
  ])('a program %s runs, but cannot be patched', (_name, make, message) => {
    const path = scratch('stripped.elf', make());
    expect(suture(['run', path], sessionOf('teller-grow'))).toMatchObject({ status: 0, stderr: '' });
    for (const args of [
      ['--patch', NEW, path],
      ['--patch', path, RISCV],
    ]) {
      const { status, stdout, stderr } = suture(['run', ...args], sessionOf('teller-grow'));
      expect(stderr).toContain(message);
      expect([status, stdout]).toEqual([76, '']);
    }
  });
});

describe('patches that do not belong', () => {
  test.each([
    [
      'another instruction set',
      [newName('teller-grow', 'sparc')],
      'both must be builds of one program for one processor',
    ],
    ['another program', [faultsName('rv32')], 'it is not a newer build of the same program'],
  ])('%s is refused before the program starts', (_name, [patch], message) => {
    const { status, stdout, stderr } = suture(['run', '--patch', patch!, RISCV], sessionOf('teller-grow'));
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([76, '']);
  });

  test('a patch made from another program is refused, and the program goes on as if nothing had been tried', () => {
    const args = ['run', '--from', RISCV, '--patch', NEW, '--at', '100', faultsName('rv32')];
    const { status, stdout, stderr } = suture(args, 'x\n');
    expect(stderr).toContain('faults.rv32.elf is not teller.rv32.elf: it has build id');
    expect(stdout).toBe(suture(['run', faultsName('rv32')], 'x\n').stdout);
    expect(status).toBe(76);
  });

  test('an update that comes after the end is refused', () => {
    const args = ['run', RISCV, '--patch', NEW, '--at', '99999999'];
    const { status, stdout, stderr } = suture(args, sessionOf('teller-grow'));
    expect(stderr).toMatch(/^refused: teller\.rv32\.elf has ended, after \d+ instructions\n$/);
    expect(stdout).toContain('forecast 111.55');
    expect(status).toBe(76);
  });

  test('an update that does not land in time is refused, and the program goes on by the old code', () => {
    const inside = suture(
      ['run', RISCV, '--patch', NEW, '--at', '900', '--deadline', '3'],
      sessionOf('teller-grow'),
    );
    expect(inside.stderr).toContain('compound is active and did not return: instruction 903 came first');
    expect(inside.stdout).toBe(suture(['run', RISCV], sessionOf('teller-grow')).stdout);
    expect(inside.status).toBe(76);
  });

  test('two equal programs make no patch', () => {
    const { status, stderr } = suture(['run', '--patch', RISCV, RISCV]);
    expect(stderr).toContain('no procedure of teller.rv32.elf changed');
    expect(status).toBe(77);
  });
});

describe.each(ISAS)('on %s', (isa) => {
  test('a guest killed by a signal gives 128 and its number, and a report', () => {
    const { status, stderr } = suture(['run', faultsName(isa)], 'w\n');
    expect(status).toBe(128 + 11);
    expect(stderr).toContain('killed by SIGSEGV: write to');
    expect(stderr).toMatch(/at pc 0x[0-9a-f]+ \(write_text\+0x[0-9a-f]+\)/);
    expect(stderr).toMatch(/#1 0x[0-9a-f]+ main/);
    expect(stderr).toMatch(/^=> 0x/m);
  });

  test('a status passes through', () => {
    expect(suture(['run', faultsName(isa)], 'x\n').status).toBe(2);
  });

  test('a run can be patched and the patch taken back', () => {
    const patched = ['--patch', newName('teller-grow', isa), '--at', '700'];
    const plain = suture(['run', tellerName(isa)], sessionOf('teller-grow'));
    const fixed = suture(['run', ...patched, tellerName(isa)], sessionOf('teller-grow'));
    const back = suture(
      ['run', ...patched, '--rollback-at', '800', tellerName(isa)],
      sessionOf('teller-grow'),
    );
    expect(plain.stdout).toContain('forecast 111.55');
    expect(fixed.stdout).toContain('forecast 111.57');
    expect(fixed.stderr).toMatch(/update applied at instruction \d+/);
    expect(back.stdout).toBe(plain.stdout);
    expect(back.stderr).toMatch(/update taken back at instruction \d+/);
    expect([plain.status, fixed.status, back.status]).toEqual([0, 0, 0]);
  });

  test('a run can be bounded', () => {
    const { status, stderr } = suture(
      ['run', '--max-instructions', '1000', tellerName(isa)],
      sessionOf('teller-grow'),
    );
    expect(stderr).toContain('stopped after 1000 instructions');
    expect(status).toBe(78);
  });

  test('inspect lists segments, procedures, frame information and callers', () => {
    const { status, stdout } = suture(['inspect', tellerName(isa), '--json']);
    expect(status).toBe(0);
    const inspection = JSON.parse(stdout) as Inspection;
    const compound = inspection.procedures.find(({ name }) => name === 'compound');
    expect(compound).toMatchObject({ frames: true });
    expect(compound?.callers.map(({ procedure }) => procedure).sort()).toEqual(['compound', 'run_forecast']);
    // Called through a table alone.
    expect(inspection.procedures.find(({ name }) => name === 'simple')?.callers).toEqual([]);
    expect(inspection.segments.some(({ mode }) => mode === 'r-x')).toBe(true);
    const table = suture(['inspect', tellerName(isa)]).stdout;
    expect(table).toMatch(
      /^[0-9a-f]{8} +\d+ {3}yes +2 {2}compound {2}<- compound\+0x[0-9a-f]+, run_forecast/m,
    );
    expect(table).toContain(`${inspection.procedures.length} procedures, `);
  });

  test('pmap prints what pmap(1) prints', () => {
    const { status, stdout } = suture(['pmap', tellerName(isa)]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^1: {3}teller\.\w+\.elf/);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^[0-9a-f]{8} +\d+K [r-][w-][x-]-- \S/);
    expect(lines.at(-1)).toMatch(/^ total +\d+K$/);
    expect(status).toBe(0);
  });
});

test('a run ends quietly when nobody reads its output', async () => {
  const child = spawn(process.execPath, [pathOf('dist/cli/main.js'), 'run', faultsName('rv32')], {
    cwd: pathOf('.'),
    env: PLAIN,
  });
  let errors = '';
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  // The program writes only after it has read, and it reads only when the pipe is closed already.
  child.stdout.once('close', () => child.stdin.end('x\n'));
  child.stdout.destroy();
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(errors).toBe('');
  expect(status).toBe(141);
});

test('input that comes late is waited for, also while an update waits', async () => {
  const args = [pathOf('dist/cli/main.js'), 'run', RISCV, '--patch', NEW, '--at', '430'];
  const child = spawn(process.execPath, args, { cwd: pathOf('.'), env: PLAIN });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    if (output === 'ready\n') child.stdin.write('forecast 2 3\n');
    else if (output.includes('forecast')) child.stdin.end('quit\n');
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(output).toBe('ready\nforecast 111.57\nlines: 2\n');
  expect(status).toBe(0);
});

test('the demo tells the whole story on both instruction sets, plain when piped, within 100 columns', () => {
  const { status, stdout, stderr } = suture(['demo']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  for (const part of [
    'RISC-V RV32GC',
    'SPARC V8',
    'It has to wait',
    'trampoline at the old entry',
    'The defect is back',
    'in-place does not apply: compound cannot be replaced in place',
    '+0 a direct call, +1 a pointer call',
  ]) {
    expect(stdout).toContain(part);
  }
  const unwrapped = stdout.replaceAll(/\n {6}/g, ' ');
  for (const [name, words, direct] of [
    ['call-sites', '2 words', '\\+0'],
    ['trampoline', '1 word', '\\+1'],
    ['binding-table', '2 words', '\\+[34]'],
  ]) {
    const line = new RegExp(`${name}: pause \\d+, ${words} written, .* ${direct} a direct call, \\+1 a`, 'g');
    expect(unwrapped.match(line)?.length, name).toBe(2);
  }
  // On both, 19 windows between init and run of a task go wrong, and none with the required state.
  expect(
    stdout.match(/teller-grow: \d+ points in \d+ classes, decided by 8 runs\n.* 1 refused, 0 go wrong/g),
  ).toHaveLength(2);
  expect(
    stdout.match(/figure-2-activeness: .*\n.* 437 go wrong\n {5}the first is 15[46]: it wrote/g),
  ).toHaveLength(2);
  expect(stdout.match(/figure-2: .*\n.*, 0 go wrong/g)).toHaveLength(2);
  expect(unwrapped.match(/restart: pause \d+, 188 words written, .* 10 of 10 times/g)?.length).toBe(2);
  // eslint-disable-next-line no-control-regex -- the escape character is what is looked for
  expect(stdout).not.toMatch(/\u001b/);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('run --trace tells system calls, and --trace-instructions every instruction', () => {
  const calls = suture(['run', '--trace', RISCV], sessionOf('teller-grow'));
  expect(calls.status).toBe(0);
  expect(
    calls.stderr.split('\n').filter((line) => line.startsWith('[1000] write(0x1, ')).length,
  ).toBeGreaterThan(2);
  expect(calls.stderr).toMatch(/\[1000\] exit(_group)?\(.*\) = \?/);
  const { stderr, stdout } = suture(['run', '--trace-instructions', RISCV], sessionOf('teller-grow'));
  expect(stdout).toBe(calls.stdout);
  const lines = stderr.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^0 \[1000\] 0x[0-9a-f]+ _start: /);
  expect(lines.length).toBe(Number(/^(\d+) /.exec(lines.at(-1)!)?.[1]) + 1);
});

test('run refuses wrong engines, sizes, variables and directories', () => {
  const cases: [string[], number, RegExp][] = [
    [['--engine', 'best', RISCV], 64, /Allowed choices are builtin, unicorn/],
    [['--quantum', '0', RISCV], 64, /1 or more/],
    [['--memory', 'much', RISCV], 64, /whole number/],
    [['--env', '=x', RISCV], 64, /NAME=VALUE/],
    [['--env', 'NO_SUCH_VARIABLE_HERE', RISCV], 64, /no variable NO_SUCH_VARIABLE_HERE/],
    [['--dir', '/no/such/directory', RISCV], 66, /--dir \/no\/such\/directory/],
    [['--dir', pathOf(RISCV), RISCV], 66, /--dir/],
  ];
  for (const [args, code, words] of cases) {
    const { status, stderr, stdout } = suture(['run', ...args], '');
    expect(status, args.join(' ')).toBe(code);
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
  }
});
