/** The ordinary way to try a patch at an instruction: qemu-user under gdb, the program started anew each time. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { planCommands, REACH } from './gdb-script.js';

const QEMU = 'qemu-riscv64';
const GDB = 'gdb-multiarch';
const HEAD = ['set confirm off', 'set pagination off', 'set architecture riscv:rv64'];
/** Longer than any point may take. */
const PATIENCE = 600_000;

/** The Debian packages that are missing. */
export const missingTools = () =>
  [
    [QEMU, 'qemu-user'],
    [GDB, 'gdb-multiarch'],
  ].flatMap(([command, name]) => (spawnSync(command, ['--version']).error === undefined ? [] : [name]));

/**
 * Starts the program, goes to the point, patches it, runs on; answers its output and how long all that took.
 *
 * @param way `step` or `breakpoint`.
 */
export async function tryPoint({ program, session, plan, ecall }, place, way) {
  const folder = mkdtempSync(join(tmpdir(), 'suture-gdb-'));
  const [socket, input, output, script] = ['socket', 'in', 'out', 'script'].map((name) => join(folder, name));
  writeFileSync(input, session);
  const commands = [...REACH[way](place), ...planCommands(plan, ecall, folder)];
  writeFileSync(script, [...HEAD, `target remote ${socket}`, ...commands, 'continue'].join('\n'));
  const files = [openSync(input, 'r'), openSync(output, 'w')];
  const begin = performance.now();
  const guest = spawn(QEMU, ['-g', socket, program], { stdio: [...files, 'ignore'] });
  const ended = new Promise((resolve) => guest.once('exit', resolve));
  try {
    while (!existsSync(socket)) {
      if (guest.exitCode !== null) throw new Error(`${QEMU} -g ${socket} ended with ${guest.exitCode}`);
      await sleep(1);
    }
    await debug(script);
    await ended;
    const seconds = (performance.now() - begin) / 1000;
    return { seconds, output: readFileSync(output, 'latin1') };
  } finally {
    guest.kill();
    files.forEach(closeSync);
    rmSync(folder, { recursive: true });
  }
}

function debug(script) {
  return new Promise((resolve, reject) => {
    const gdb = spawn(GDB, ['-nx', '-batch', '-x', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
    });
    let said = '';
    for (const stream of [gdb.stdout, gdb.stderr])
      stream.on('data', (bytes) => (said = `${said}${bytes}`.slice(-2000)));
    gdb.once('error', reject);
    gdb.once('close', () => {
      if (said.includes('exited normally')) resolve();
      else reject(new Error(`${GDB} did not bring the program to its end: ${said.trim()}`));
    });
  });
}
