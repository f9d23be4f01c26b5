/** Updates that the process makes itself, from the command line. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeHandlerPlan } from '#suture/patch/handler/index.js';
import { isaOf } from '#suture/isa/index.js';
import { suture } from '../support/cli.js';
import { imageOf, ISAS, newName, sessionOf, tellerName } from '../support/programs.js';

const SESSION = sessionOf('teller-grow');
const folder = mkdtempSync(join(tmpdir(), 'suture-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(ISAS)('on %s', (isa) => {
  const [old, grown] = [tellerName(isa), newName('teller-grow', isa)];

  test('an update lands as if the host had made it, and is taken back', () => {
    const run = ['run', '--patch', grown, '--at', 'entry:compound', old];
    const host = suture(run, SESSION);
    const inside = suture([...run.slice(0, -1), '--executor', 'handler', old], SESSION);
    expect(inside.status).toBe(0);
    expect(inside.stdout).toBe(host.stdout);
    const back = suture(
      [...run.slice(0, -1), '--executor', 'handler', '--rollback-at', '9000', old],
      SESSION,
    );
    expect(back.status).toBe(0);
    expect(back.stderr).toMatch(/\nupdate taken back at instruction \d+ /);
    expect(inside.stderr).toMatch(
      /^update prepared by the handler in the process, \d+ instructions: compound/,
    );
    expect(inside.stderr).toMatch(
      /\nupdate applied at instruction \d+ \(pause: \d+ instructions of the handler/,
    );
  });

  test('while somebody is inside it is refused at once when it is not to wait, or after its deadline', () => {
    const inside = ['run', '--patch', grown, '--executor', 'handler', '--at', 'entry:compound#2'];
    for (const more of [
      ['--if-busy', 'refuse'],
      ['--deadline', '2'],
    ]) {
      const { status, stdout, stderr } = suture([...inside, ...more, old], SESSION);
      expect(status, stderr).toBe(76);
      expect(stderr).toMatch(/refused: .*code that is replaced.*nothing was changed/);
      expect(stdout).toBe(suture(['run', old], SESSION).stdout);
    }
  });

  test('plan --format handler writes what is read back, and the way back', () => {
    for (const format of ['handler', 'handler-inverse']) {
      const file = join(folder, `${isa}.${format}`);
      const { status, stdout, stderr } = suture(['plan', old, grown, '--format', format, '-o', file]);
      expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '' });
      const plan = decodeHandlerPlan(new Uint8Array(readFileSync(file)), isaOf(imageOf(old)), file);
      expect(plan.words.length).toBeGreaterThan(0);
      expect(plan.reservations.length > 0).toBe(format === 'handler');
    }
  });
});

test('what only the host does is refused with the reason', () => {
  const run = (...args: string[]): ReturnType<typeof suture> =>
    suture(['run', '--executor', 'handler', ...args], SESSION);
  const [old, grown] = [tellerName('rv32'), newName('teller-grow', 'rv32')];
  const table = run('--patch', grown, '--binding-table', old);
  expect(table.status).toBe(64);
  expect(table.stderr).toBe(
    "suture: --executor handler does not go with --binding-table; the host's executor does that\n",
  );
  const hooks = run('--patch', newName('teller-hooks', 'rv32'), old);
  expect(hooks.status).toBe(0);
  const threads = run(
    '--patch',
    newName('pool-score', 'rv32'),
    '--at',
    '20000',
    'targets/pool/pool.rv32.elf',
  );
  expect(threads.status).toBe(76);
  expect(threads.stderr).toMatch(
    /refused: the handler inside the process cannot update .* it has \d+ threads/,
  );
});

test('--format and --output go together, and nothing is written otherwise', () => {
  const [old, grown] = [tellerName('rv32'), newName('teller-grow', 'rv32')];
  const before = readdirSync(folder);
  expect(suture(['plan', old, grown, '--format', 'handler']).status).toBe(64);
  expect(suture(['plan', old, grown, '-o', join(folder, 'x')]).status).toBe(64);
  expect(readdirSync(folder)).toEqual(before);
});
