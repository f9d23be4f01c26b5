/** Runs and forks guests on an engine for the process that started this one. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { readImage } from '../../dist/elf/index.js';
import { Process } from '../../dist/process/process.js';
import { median, quantile } from './statistics.js';

const MEBIBYTE = 2 ** 20;
const PAGE = 4096;
const LONGEST = 1e9;
const TIMED_FORKS = 2000;
const LIVING_FORKS = 1000;
const TOUCHED_PAGES = 4;

/** Options of a process for an engine that does not come with suture's own cores. @throws when there is none. */
async function optionsFor(engine) {
  if (engine === 'builtin') return {};
  const { createCore } = await import('../../dist/machine/engine.js');
  return { createCore: (isa, memory) => createCore(engine, isa, memory) };
}

function load(file, options) {
  const chunks = [];
  const image = readImage(readFileSync(new URL(file)), file.slice(file.lastIndexOf('/') + 1));
  const output = (_descriptor, bytes) => chunks.push(Buffer.from(bytes));
  const guest = Process.load(image, { ...options, output });
  guest.input.end();
  return { guest, output: () => Buffer.concat(chunks).toString('latin1') };
}

async function absence(file, engine) {
  try {
    load(file, await optionsFor(engine));
    return {};
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return { reason: 'suture was built without it' };
    if (error.constructor.name === 'EngineUnavailable') return { reason: error.message };
    throw error;
  }
}

async function run(file, engine) {
  const { guest, output } = load(file, await optionsFor(engine));
  const begin = performance.now();
  const stop = guest.run(LONGEST);
  const seconds = (performance.now() - begin) / 1000;
  if (stop.kind !== 'exited' || stop.status !== 0)
    throw new Error(`${file} ended with ${JSON.stringify(stop)}`);
  return { output: output(), seconds, instructions: guest.instructions };
}

/** A guest in the middle of its run that has written a mebibyte. */
function touched(file) {
  const fresh = load(file).guest;
  const { guest } = load(file);
  let pages = [];
  for (let limit = 1e6; pages.length < MEBIBYTE / PAGE; limit += 1e6) {
    if (guest.run(limit).kind !== 'limit') throw new Error(`${file} ended before it had touched 1 MiB`);
    pages = guest.memory.differingPages(fresh.memory);
  }
  return { guest, pages };
}

/** What each fork of the guest takes, with `more` done to it, in microseconds. */
function timed(guest, more) {
  const times = [];
  for (let i = 0; i < TIMED_FORKS; i++) {
    const begin = performance.now();
    more(guest.fork());
    times.push((performance.now() - begin) * 1000);
  }
  // The first ones are run before the host's compiler has come to them.
  return times.slice(TIMED_FORKS / 4);
}

function usage() {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
}

function forks(file) {
  const { guest, pages } = touched(file);
  const times = timed(guest, () => undefined);
  const withRun = timed(guest, (fork) => fork.run(guest.instructions + 1000));
  const before = usage();
  const alive = Array.from({ length: LIVING_FORKS }, (_, i) => {
    const fork = guest.fork();
    for (let k = 0; k < TOUCHED_PAGES; k++) fork.memory.store32(pages[k * 8 + 8], i);
    return fork;
  });
  const after = usage();
  alive.forEach((fork, i) => {
    if (fork.memory.load32(pages[8]) !== i) throw new Error('a fork saw what another one wrote');
  });
  return {
    pages: pages.length,
    microseconds: median(times),
    slow: quantile(times, 0.95),
    runMicroseconds: median(withRun),
    mebibytes: (after.used - before.used) / MEBIBYTE,
    resident: (after.rss - before.rss) / MEBIBYTE,
  };
}

const ANSWERS = { absence, run, forks };

process.on('message', ({ kind, file, engine }) => {
  Promise.resolve()
    .then(() => ANSWERS[kind](file, engine))
    .catch((error) => ({ error: error.message }))
    .then((answer) => process.send(answer));
});
