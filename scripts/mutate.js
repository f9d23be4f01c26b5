/**
 * Damages programs and packages in seeded ways and puts them through diff, build and show. Whatever they hold, there
 * is a result or one of the errors that say what is wrong with them: no crash, no hang, bounded memory.
 *
 *     node scripts/mutate.js [--count N] [--seed N]      after npm run build
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clearTimeout, setTimeout } from 'node:timers';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { decode, encode } from 'cborg';
import { packageLines } from '../dist/cli/show.js';
import {
  diff,
  ElfError,
  link,
  makePlan,
  openPackage,
  PackageError,
  Program,
  readImage,
  readPackage,
  Refusal,
  select,
  writePackage,
} from '../dist/index.js';

const ISAS = ['rv32', 'rv64', 'sparc'];
const PATCHES = ['teller-grow', 'teller-several'];
/** Milliseconds for one damaged file; the slowest takes some hundred. */
const PATIENCE = 120_000;
const MEBIBYTES = 768;
/** Of a package file: header and hash. */
const HEADER = 20;
const CONTENTS = 52;
const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];

const read = (name) => new Uint8Array(readFileSync(new URL(`../${name}`, import.meta.url)));

/** Numbers below a limit, from a seed (xorshift). */
function numbers(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** The bytes with one to eight things wrong, or cut short. */
function damaged(bytes, next) {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  // Tables at the beginning and the end of a file are where most can go wrong.
  const place = () => {
    const from = [
      () => next(copy.length),
      () => next(Math.min(256, copy.length)),
      () => copy.length - 1 - next(Math.min(8192, copy.length)),
    ];
    return from[next(3)]();
  };
  for (let left = 1 + next(8); left > 0; left--) {
    const at = place();
    const kind = next(4);
    if (kind === 0) copy[at] ^= 1 << next(8);
    else if (kind === 1) copy[at] = next(256);
    else if (kind === 2 && at + 4 <= copy.length)
      view.setUint32(at, INTERESTING[next(INTERESTING.length)], next(2) === 0);
    else copy.copyWithin(at, place(), Math.min(copy.length, place() + next(64)));
  }
  return next(8) === 0 ? copy.subarray(0, next(copy.length + 1)) : copy;
}

/** The hash that whoever damages a package on purpose would give it. */
function withHash(bytes) {
  if (bytes.length < CONTENTS) return bytes;
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(16, copy.length - CONTENTS);
  const hash = createHash('sha256').update(copy.subarray(0, HEADER)).update(copy.subarray(CONTENTS)).digest();
  copy.set(hash, HEADER);
  return copy;
}

/** The contents of a package with one to three values in it changed, in the form a package must have. */
function rewritten(contents, next) {
  const root = decode(contents);
  for (let left = 1 + next(3); left > 0; left--) {
    let [parent, key] = [{ root }, 'root'];
    while (typeof parent[key] === 'object' && !(parent[key] instanceof Uint8Array)) {
      const keys = Object.keys(parent[key]);
      if (keys.length === 0) break;
      [parent, key] = [parent[key], keys[next(keys.length)]];
    }
    const value = parent[key];
    if (typeof value === 'number') {
      const others = [
        value + 1,
        value - 1,
        -value,
        value * 2,
        INTERESTING[next(INTERESTING.length)],
        next(64),
      ];
      parent[key] = others[next(others.length)];
    } else if (value instanceof Uint8Array) parent[key] = damaged(value, next);
    else if (next(4) === 0) delete parent[key];
    else if (typeof value === 'string') parent[key] = value.slice(next(value.length + 1));
    else if (Array.isArray(parent)) parent.splice(Number(key), next(2), ...parent.slice(next(parent.length)));
    if (Array.isArray(parent))
      parent.splice(0, parent.length, ...parent.filter((each) => each !== undefined));
  }
  return encode(root);
}

function through(bytes, running) {
  const { package: shown } = readPackage(bytes, 'damaged.lup');
  const patch = openPackage(shown, 'damaged.lup');
  packageLines(shown);
  makePlan({ image: running, gaps: () => [{ start: 0x1000_0000, end: 0x7000_0000 }] }, patch);
}

function build(oldBytes, newBytes) {
  const comparison = diff(
    new Program(readImage(oldBytes, 'old.elf')),
    new Program(readImage(newBytes, 'new.elf')),
  );
  return writePackage(link(comparison, select(comparison)));
}

/** What became of one damaged file: `accepted`, or the name of the error that refused it. */
function attempt(seed, samples) {
  const next = numbers(seed);
  const { oldBytes, newBytes, whole, running } = samples[next(samples.length)];
  const kind = next(8);
  try {
    if (kind === 0) through(build(damaged(oldBytes, next), newBytes), running);
    else if (kind === 1) through(build(oldBytes, damaged(newBytes, next)), running);
    else if (kind === 2) through(damaged(whole, next), running);
    else {
      const contents = (kind < 5 ? damaged : rewritten)(whole.subarray(CONTENTS), next);
      through(withHash(new Uint8Array(Buffer.concat([whole.subarray(0, CONTENTS), contents]))), running);
    }
    return 'accepted';
  } catch (error) {
    if (error instanceof ElfError || error instanceof Refusal || error instanceof PackageError)
      return error.name;
    throw error;
  }
}

function work({ seed, count }) {
  const samples = ISAS.flatMap((isa) =>
    PATCHES.map((patch) => {
      const oldBytes = read(`targets/teller/teller.${isa}.elf`);
      const newBytes = read(`patches/${patch}/new.${isa}.elf`);
      const whole = build(oldBytes, newBytes);
      return { oldBytes, newBytes, whole, running: readImage(oldBytes, 'running.elf') };
    }),
  );
  for (let i = seed; i < seed + count; i++) {
    parentPort.postMessage({ begins: i });
    try {
      parentPort.postMessage({ outcome: attempt(i, samples) });
    } catch (error) {
      parentPort.postMessage({ crash: `${error.stack}` });
      return;
    }
  }
  parentPort.postMessage({ done: true });
}

async function supervise({ seed, count }) {
  const outcomes = {};
  let current = seed;
  const failure = await new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { seed, count },
      resourceLimits: { maxOldGenerationSizeMb: MEBIBYTES },
    });
    let watchdog;
    const stop = (why) => {
      clearTimeout(watchdog);
      void worker.terminate().then(() => resolve(why));
    };
    worker.on('message', ({ begins, outcome, crash, done }) => {
      clearTimeout(watchdog);
      if (begins !== undefined) {
        current = begins;
        watchdog = setTimeout(() => stop(`it takes longer than ${PATIENCE / 1000} s`), PATIENCE);
      }
      if (outcome !== undefined) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (crash !== undefined) stop(crash);
      if (done) stop(undefined);
    });
    worker.on('error', (error) => stop(error.stack ?? String(error)));
  });
  const summary = Object.entries(outcomes).map(([name, times]) => `${name} ${times}`);
  process.stdout.write(`${count} damaged files from seed ${seed}: ${summary.join(', ')}\n`);
  if (failure === undefined) return 0;
  process.stderr.write(
    `seed ${current}: ${failure}\nagain: node scripts/mutate.js --seed ${current} --count 1\n`,
  );
  return 1;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
  });
  process.exitCode = await supervise({ seed: Number(values.seed), count: Number(values.count) });
} else work(workerData);
