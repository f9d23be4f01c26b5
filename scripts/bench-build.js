/**
 * How fast two programs are compared and a package is made of them: after the start and as a whole process, beside
 * `objdump -dr` of the same two files.
 *
 *   npm run bench:build -- [--isa NAME] [--runs N] [--json FILE]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './bench/statistics.js';
import { buildSubject, SUBJECTS } from './bench/subject.js';
import { table } from './bench/table.js';

const SECONDS = 1;
const MEBIBYTES = 300;
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

function options() {
  const { values } = parseArgs({
    options: {
      isa: { type: 'string', multiple: true },
      runs: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  const unknown = values.isa?.find((name) => !SUBJECTS.includes(name));
  if (unknown !== undefined) throw new Error(`--isa ${unknown}: one of ${SUBJECTS.join(', ')} is needed`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000)
    throw new Error(`--runs ${values.runs}: a number from 1 to 1000 is needed`);
  // Now, so that a name that cannot be written to costs no minutes.
  const json = values.json === undefined ? undefined : openSync(values.json, 'w');
  return { isas: values.isa ?? SUBJECTS, runs, json };
}

/** A whole process: its seconds, its output and, of Node, the most memory it had. */
function timed(command, args, stdout = 'pipe') {
  const begin = performance.now();
  const { status, error, output } = spawnSync(command, args, {
    stdio: ['ignore', stdout, 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
    encoding: 'utf8',
  });
  const seconds = (performance.now() - begin) / 1000;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? output[2].trim()}`);
  return { seconds, output: output[1], mebibytes: Number(output[3]) };
}

const node = (script, ...args) =>
  timed(process.execPath, ['--import', pathOf('bench/peak.js'), pathOf(script), ...args]);

/** Runs of each kind in turn, so that a slow moment of the host hits all of them. */
function measure({ files, objdump, bytes }, isa, folder, runs) {
  const samples = { diff: [], build: [], objdump: [] };
  let first;
  for (let run = 0; run < runs; run++) {
    for (const kind of ['diff', 'build']) {
      const inside = JSON.parse(node('bench/work.js', kind, ...files).output);
      const more = kind === 'build' ? ['-o', join(folder, 'fix.lup')] : [];
      const whole = node('../dist/cli/main.js', kind, ...files, ...more);
      samples[kind].push({
        after: inside.seconds,
        cpu: inside.cpu,
        whole: whole.seconds,
        mebibytes: whole.mebibytes,
      });
      first ??= inside;
    }
    const seconds = files.map((file) => timed(objdump, ['-dr', file], 'ignore').seconds);
    samples.objdump.push({ whole: seconds[0] + seconds[1] });
  }
  const figure = (kind, what) => median(samples[kind].map((sample) => sample[what]));
  return {
    isa,
    bytes,
    procedures: first.procedures,
    changed: first.changed,
    results: Object.keys(samples).map((kind) => ({
      kind,
      whole: figure(kind, 'whole'),
      ...(kind !== 'objdump' && {
        after: figure(kind, 'after'),
        cpu: figure(kind, 'cpu'),
        mebibytes: figure(kind, 'mebibytes'),
      }),
    })),
  };
}

function resultTable(results) {
  const seconds = (value) => (value === undefined ? '-' : `${value.toFixed(2)} s`);
  const verdict = (value, target) => (value === undefined ? '-' : value < target ? 'met' : 'MISSED');
  return table(
    [
      '',
      'after start',
      `below ${SECONDS} s`,
      'processor',
      'whole process',
      'peak memory',
      `below ${MEBIBYTES} MiB`,
    ],
    results.map(({ kind, after, cpu, whole, mebibytes }) => [
      kind === 'objdump' ? 'objdump -dr, both files' : kind,
      seconds(after),
      verdict(after, SECONDS),
      seconds(cpu),
      seconds(whole),
      mebibytes === undefined ? '-' : `${mebibytes.toFixed(0)} MiB`,
      verdict(mebibytes, MEBIBYTES),
    ]),
  );
}

function main() {
  const { isas, runs, json } = options();
  const folder = mkdtempSync(join(tmpdir(), 'suture-bench-'));
  const results = [];
  const missing = [];
  try {
    for (const isa of isas) {
      const subject = buildSubject(isa, folder);
      if (subject.absence !== undefined) {
        missing.push({ isa, reason: subject.absence });
        continue;
      }
      const result = measure(subject, isa, folder, runs);
      results.push(result);
      const size = `${(result.bytes / 2 ** 20).toFixed(1)} MiB with relocations and symbols`;
      console.log(`${isa}: ${result.procedures} procedures, ${size}; differs: ${result.changed.join(', ')}`);
      console.log(`${resultTable(result.results)}\n`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const { isa, reason } of missing) console.log(`missing: ${isa}: ${reason}`);
  const [load] = loadavg();
  if (load > cpus().length)
    console.log(`the host is busy (load ${load.toFixed(1)}): every figure is worse than it would be`);
  if (json !== undefined) {
    const host = { node: process.version, load, platform: process.platform, arch: process.arch };
    writeFileSync(json, `${JSON.stringify({ host, runs, results, missing }, undefined, 2)}\n`);
  }
}

try {
  main();
} catch (error) {
  console.error(`bench-build: ${error.message}`);
  process.exitCode = 1;
}
