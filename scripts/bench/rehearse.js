/** Calls `suture rehearse` and takes the figures from what it says. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const pathOf = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const SUTURE = pathOf('dist/cli/main.js');
const USAGE = 64;
const SERVICE = ['targets/service/service.rv64.elf', 'patches/service-answer/new.rv64.elf'].map(pathOf);

const suture = (...args) =>
  spawnSync(process.execPath, [SUTURE, ...args], { encoding: 'utf8', maxBuffer: 2 ** 30 });

/** Every point of a run; `absence` says why not, when this suture cannot. */
function rehearse([before, after], options) {
  const folder = mkdtempSync(join(tmpdir(), 'suture-rehearse-'));
  try {
    const fix = join(folder, 'fix.lup');
    const built = suture('build', before, after, '-o', fix);
    if (built.status !== 0) throw new Error(`suture build: ${built.stderr.trim()}`);
    const begin = performance.now();
    const { status, stdout, stderr } = suture('rehearse', before, fix, '--json', ...options(folder));
    const seconds = (performance.now() - begin) / 1000;
    if (status === USAGE) return { absence: stderr.trim().split('\n')[0] };
    if (stdout === '') throw new Error(`suture rehearse ended with ${status}: ${stderr.trim()}`);
    const { points, instructions, classes, runs, ranInstructions, undecided } = JSON.parse(stdout);
    const left = undecided.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    const decided = points - left;
    const pointsPerSecond = decided / seconds;
    return {
      points: decided,
      seconds,
      pointsPerSecond,
      instructions,
      classes: classes.length,
      runs,
      ranInstructions,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const rehearseTeller = ({ program, patched, session }) =>
  rehearse([program, patched], (folder) => {
    const input = join(folder, 'session.txt');
    writeFileSync(input, session);
    return ['--stdin', input];
  });

export const rehearseService = ({ requests, rounds }) =>
  rehearse(SERVICE, () => ['--', String(requests), String(rounds)]);
