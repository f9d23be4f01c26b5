/**
 * How fast the emulated machine is: workloads on the builtin engine and on others side by side, and what a fork
 * of a process costs in time and memory.
 *
 *   npm run bench:machine -- [--isa NAME] [--only WORKLOAD] [--runs N] [--json FILE]
 */
import { openSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { Engine } from './bench/engine.js';
import { qemuUser } from './bench/qemu.js';
import { geometricMean, median } from './bench/statistics.js';
import { table } from './bench/table.js';

const FOLDER = new URL('../targets/workloads/', import.meta.url);
const ISAS = ['rv32', 'rv64', 'sparc'];
const FORK_MICROSECONDS = 50;
const FORKS_MEBIBYTES = 100;

const fileOf = (workload, isa) => new URL(`${workload}.${isa}.elf`, FOLDER);

function options() {
  const { values } = parseArgs({
    options: {
      isa: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      runs: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  const workloads = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.c'))
    .map((name) => name.slice(0, -2));
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000)
    throw new Error(`--runs ${values.runs}: a number from 1 to 1000 is needed`);
  return {
    isas: among(values.isa, ISAS, '--isa'),
    workloads: among(values.only, workloads, '--only'),
    runs,
    // Now, so that a name that cannot be written to costs no minutes.
    json: values.json === undefined ? undefined : openSync(values.json, 'w'),
  };
}

function among(wanted, known, option) {
  const unknown = wanted?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${option} ${unknown}: one of ${known.join(', ')} is needed`);
  return wanted === undefined ? known : known.filter((name) => wanted.includes(name));
}

/**
 * Runs of a workload on each engine in turn, so that a slow moment of the host hits all of them. An engine that
 * cannot finish one is left out from then on.
 */
async function measure(engines, workload, isa, runs) {
  const file = fileOf(workload, isa);
  const seconds = new Map(engines.map((engine) => [engine.name, []]));
  const failures = new Map();
  let first;
  for (let run = 0; run < runs; run++) {
    for (const engine of engines.filter(({ name }) => !failures.has(name))) {
      const sample = await engine.run(file);
      if (sample.failure !== undefined) {
        if (first === undefined) throw new Error(`${workload} on ${isa}: ${engine.name}: ${sample.failure}`);
        failures.set(engine.name, sample.failure);
        seconds.delete(engine.name);
        continue;
      }
      first ??= sample;
      if (sample.output !== first.output) {
        const [ours, theirs] = [first.output, sample.output].map((output) => JSON.stringify(output));
        throw new Error(`${workload} on ${isa}: ${engines[0].name} prints ${ours}, ${engine.name} ${theirs}`);
      }
      seconds.get(engine.name).push(sample.seconds);
    }
  }
  const { instructions } = first;
  const speeds = Object.fromEntries(
    [...seconds].map(([name, times]) => [name, instructions / median(times)]),
  );
  const output = first.output.trim();
  const failed = Object.fromEntries(failures);
  return { isa, workload, instructions, output, speeds, failed, seconds: Object.fromEntries(seconds) };
}

const millions = (value) => (value / 1e6).toFixed(1);
const ratio = (value) => value.toFixed(value < 10 ? 2 : 1);

/** Columns for each engine: its speed, and how many times faster than the first one it is. */
function speedTable(results, [first, ...others]) {
  const cells = (speeds) => [
    millions(speeds[first]),
    ...others.flatMap((other) =>
      other in speeds ? [millions(speeds[other]), ratio(speeds[other] / speeds[first])] : ['-', '-'],
    ),
  ];
  const whole = [first, ...others].filter((name) => results.every(({ speeds }) => name in speeds));
  const mean = Object.fromEntries(
    whole.map((name) => [name, geometricMean(results.map(({ speeds }) => speeds[name]))]),
  );
  const headings = [`${first} 10^6/s`, ...others.flatMap((name) => [`${name} 10^6/s`, 'times'])];
  return table(
    ['workload', '10^6 instructions', ...headings],
    [
      ...results.map(({ workload, instructions, speeds }) => [
        workload,
        millions(instructions),
        ...cells(speeds),
      ]),
      ['geometric mean', '', ...cells(mean)],
    ],
  );
}

function forkTable(forks) {
  const verdict = (value, target) => (value <= target ? 'met' : 'MISSED');
  return table(
    [
      'ISA',
      'fork',
      'worst of 20',
      'fork and run 1000',
      `at most ${FORK_MICROSECONDS} us`,
      '1000 forks',
      'resident',
      `below ${FORKS_MEBIBYTES} MiB`,
    ],
    forks.map(({ isa, microseconds, slow, runMicroseconds, mebibytes, resident }) => [
      isa,
      `${microseconds.toFixed(1)} us`,
      `${slow.toFixed(1)} us`,
      `${runMicroseconds.toFixed(1)} us`,
      verdict(microseconds, FORK_MICROSECONDS),
      `${mebibytes.toFixed(1)} MiB`,
      `${resident.toFixed(1)} MiB`,
      verdict(mebibytes, FORKS_MEBIBYTES),
    ]),
  );
}

/** One line that each call replaces, where a person watches. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function main() {
  const { isas, workloads, runs, json } = options();
  const results = [];
  const forks = [];
  const missing = [];
  for (const isa of isas) {
    const [builtin, unicorn] = [new Engine('builtin'), new Engine('unicorn')];
    try {
      const qemu = qemuUser(isa);
      const absent = [
        [qemu.name, qemu.absence],
        [unicorn.name, await unicorn.absence(fileOf(workloads[0], isa))],
      ].filter(([, reason]) => reason !== undefined);
      for (const [engine, reason] of absent) missing.push({ isa, engine, reason });
      const engines = [builtin, qemu, unicorn].filter(({ name }) =>
        absent.every(([other]) => other !== name),
      );
      for (const workload of workloads) {
        progress(`${isa} ${workload}`);
        const result = await measure(engines, workload, isa, runs);
        results.push(result);
        for (const [engine, reason] of Object.entries(result.failed))
          missing.push({ isa, engine, workload, reason });
      }
      progress(`${isa} forks`);
      forks.push({ isa, ...(await builtin.forks(fileOf('crc32', isa))) });
      progress('');
      const ofIsa = results.filter((result) => result.isa === isa);
      const names = engines.map(({ name }) => name);
      console.log(`${isa}\n${speedTable(ofIsa, names)}\n`);
    } finally {
      builtin.end();
      unicorn.end();
    }
  }
  console.log(
    `A process that touched 1 MiB is forked; 1000 forks alive touched four pages each.\n${forkTable(forks)}`,
  );
  for (const { isa, engine, workload = 'all', reason } of missing)
    console.log(`missing: ${engine} for ${isa} (${workload}): ${reason}`);
  const [load] = loadavg();
  if (load > cpus().length)
    console.log(`the host is busy (load ${load.toFixed(1)}): every figure is worse than it would be`);
  if (json !== undefined) {
    const host = { node: process.version, load, platform: process.platform, arch: process.arch };
    writeFileSync(json, `${JSON.stringify({ host, runs, results, forks, missing }, undefined, 2)}\n`);
  }
}

try {
  await main();
} catch (error) {
  progress('');
  console.error(`bench-machine: ${error.message}`);
  process.exitCode = 1;
}
