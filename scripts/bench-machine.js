/**
 * How fast the emulated machine is: workloads on the builtin engine and on others side by side, and what a fork
 * of a process costs in time and memory.
 *
 *   npm run bench:machine -- [--isa NAME] [--only WORKLOAD] [--runs N] [--json FILE]
 */
import { openSync, readdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Builtin } from './bench/builtin.js';
import { qemuUser } from './bench/qemu.js';
import { unicorn } from './bench/unicorn.js';
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

/** Runs of a workload on each engine in turn, so that a slow moment of the host hits all of them. */
async function measure(engines, workload, isa, runs) {
  const file = fileOf(workload, isa);
  const seconds = new Map(engines.map((engine) => [engine.name, []]));
  let first;
  for (let run = 0; run < runs; run++) {
    for (const engine of engines) {
      const sample = await engine.run(file, isa);
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
  return {
    isa,
    workload,
    instructions,
    output: first.output.trim(),
    speeds,
    seconds: Object.fromEntries(seconds),
  };
}

const millions = (value) => (value / 1e6).toFixed(1);
const ratio = (value) => value.toFixed(value < 10 ? 2 : 1);

/** Columns for each engine: its speed, and how many times faster than the first one it is. */
function speedTable(results, [first, ...others]) {
  const speedsOf = (speeds) => [
    millions(speeds[first]),
    ...others.flatMap((other) => [millions(speeds[other]), ratio(speeds[other] / speeds[first])]),
  ];
  const mean = Object.fromEntries(
    [first, ...others].map((name) => [name, geometricMean(results.map(({ speeds }) => speeds[name]))]),
  );
  const headings = [`${first} 10^6/s`, ...others.flatMap((name) => [`${name} 10^6/s`, 'times'])];
  return table(
    ['workload', '10^6 instructions', ...headings],
    [
      ...results.map(({ workload, instructions, speeds }) => [
        workload,
        millions(instructions),
        ...speedsOf(speeds),
      ]),
      ['geometric mean', '', ...speedsOf(mean)],
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
    const builtin = new Builtin();
    try {
      const others = [qemuUser(isa), await unicorn(isa)];
      for (const { name, absent } of others)
        if (absent !== undefined) missing.push({ isa, engine: name, reason: absent });
      const engines = [builtin, ...others.filter(({ absent }) => absent === undefined)];
      for (const workload of workloads) {
        progress(`${isa} ${workload}`);
        results.push(await measure(engines, workload, isa, runs));
      }
      progress(`${isa} forks`);
      forks.push({ isa, ...(await builtin.forks(fileOf('crc32', isa))) });
      progress('');
      const ofIsa = results.filter((result) => result.isa === isa);
      const names = engines.map(({ name }) => name);
      console.log(`${isa}\n${speedTable(ofIsa, names)}\n`);
    } finally {
      builtin.end();
    }
  }
  console.log(
    `A process that touched 1 MiB is forked; 1000 forks alive touched four pages each.\n${forkTable(forks)}`,
  );
  for (const { isa, engine, reason } of missing) console.log(`missing: ${engine} for ${isa}: ${reason}`);
  if (json !== undefined) {
    const host = { node: process.version, platform: process.platform, arch: process.arch };
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
