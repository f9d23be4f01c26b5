/** A session of teller of a wanted length, the patch that is tried in it, and points at which it can land. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readImage } from '../../dist/elf/index.js';
import {
  diff,
  link,
  LiveProcess,
  makePlan,
  openPackage,
  planToJson,
  Program,
} from '../../dist/patch/index.js';
import { Process } from '../../dist/process/process.js';
import { SeededNumbers } from '../../dist/process/random.js';
import { EmulatedTarget } from '../../dist/target/index.js';

const pathOf = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const imageOf = (path) => readImage(new Uint8Array(readFileSync(path)), path);
const ECALL = Buffer.from([0x73, 0, 0, 0]);
const PLENTY = 2 ** 40;

function start(image, session) {
  const written = { text: '' };
  const output = (_stream, bytes) => {
    written.text += Buffer.from(bytes).toString('latin1');
  };
  const process = Process.load(image, { output });
  process.input.provide(Buffer.from(session));
  process.input.end();
  return { process, written };
}

/** Instructions of a whole run. */
function lengthOf(image, session) {
  const { process } = start(image, session);
  process.run(PLENTY);
  return process.instructions;
}

/** A run of as many instructions as wanted, or a few more: the session of teller-grow again and again. */
export function tellerSubject(wanted) {
  const [program, patched] = ['targets/teller/teller.rv64.elf', 'patches/teller-grow/new.rv64.elf'].map(
    pathOf,
  );
  const [image, newImage] = [imageOf(program), imageOf(patched)];
  const commands = readFileSync(pathOf('patches/teller-grow/session.txt'), 'latin1').replace(/quit\n$/, '');
  const times = (count) => `${commands.repeat(count)}quit\n`;
  // Later rounds take longer, with larger balances, so that this is a lower bound to start from.
  let rounds = Math.max(1, Math.floor(wanted / lengthOf(image, times(1))));
  while (lengthOf(image, times(rounds)) < wanted) rounds += Math.ceil(rounds / 50);
  const session = times(rounds);
  const patch = openPackage(link(diff(new Program(image), new Program(newImage))));
  const target = new EmulatedTarget(start(image, session).process);
  return {
    ...{ program, patched, session, image, patch },
    instructions: lengthOf(image, session),
    plan: planToJson(makePlan(target, patch)),
    ecall: ecallIn(image),
  };
}

/** Address of an instruction that calls the kernel. */
function ecallIn({ segments, name }) {
  for (const { address, bytes, executable } of segments) {
    const at = executable ? Buffer.from(bytes).indexOf(ECALL) : -1;
    if (at >= 0) return address + at;
  }
  throw new Error(`${name} has no ecall`);
}

/**
 * Seeded points below `limit` at which the update lands at once, without end: where each stands, how often its
 * instruction came before, and what the program writes when it is patched there.
 */
export function* placesIn({ image, session, patch }, limit, seed) {
  const numbers = new SeededNumbers(seed);
  for (;;) {
    const point = numbers.next() % limit;
    const { process, written } = start(image, session);
    process.run(point);
    const { pc } = process.core;
    new LiveProcess(new EmulatedTarget(process)).update(patch).advance();
    if (process.instructions !== point) continue;
    process.run(PLENTY);
    yield { point, pc, before: timesBefore(image, session, pc, point), output: written.text };
  }
}

function timesBefore(image, session, pc, point) {
  const { process } = start(image, session);
  const target = new EmulatedTarget(process);
  let count = 0;
  while (target.runTo([pc], point) === 'reached' && process.instructions < point) {
    count++;
    process.run(process.instructions + 1);
  }
  return count;
}
