/**
 * The process-based method, as a baseline: the old process is stopped where it waits for input, the new program is
 * started, runs until it waits as well, and is given the contents of the old one's variables.
 *
 *     old: ... --waits for input--> stopped
 *     new: start --initializes, waits for input--> variables copied by symbol --> goes on with the rest of the input
 *
 * Variables are those with the same name, file and size in both programs. Words that the linker relocated hold
 * addresses and are translated by symbol. The heap and the stacks are not copied: what is only there is lost, which
 * is why it is tried whether the new process goes on as the updated one does.
 *
 * Source: Gupta and Jalote, "On-Line Software Version Change Using State Transfer Between Processes", Software:
 * Practice and Experience, 1993.
 */
import { SymbolIndex, type Image, type SymbolEntry } from '../elf/index.js';
import { isaOf } from '../isa/index.js';
import { pageEnd, pageStart } from '../machine/memory.js';
import type { Process } from '../process/process.js';
import type { MeasuredStrategy, PointOutcome, StrategyResult } from './model.js';
import { applyUpdate, dataOf, textOf, type Subject } from './redirected.js';
import { Run } from './workload.js';

const WORD = 4;
const MICROSECONDS = 1000;

export function measureRestart(subject: Subject): StrategyResult {
  const run = Run.start(subject.oldImage, subject.workload);
  const kept = { right: 0, of: 0 };
  const points = subject.points.map((point) => {
    run.runTo(point);
    return restart(subject, run.fork(), point, kept);
  });
  const refused = points.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.why] : []));
  if (refused.length === points.length) {
    return { strategy: 'restart', applies: false, why: [...new Set(refused)].join('; ') };
  }
  const { newImage } = subject;
  const reserved = newImage.segments.reduce(
    (sum, { address, memorySize }) => sum + pageEnd(address + memorySize) - pageStart(address),
    0,
  );
  const result: MeasuredStrategy = {
    strategy: 'restart',
    applies: true,
    atLoad: undefined,
    // All of it happens while nobody is served.
    preparation: {
      instructions: 0,
      bytesReserved: reserved,
      textBytes: textOf(newImage),
      dataBytes: dataOf(newImage),
    },
    points,
    before: undefined,
    after: undefined,
    afterFrom: 0,
    stateKept: kept,
    notes: copyOf(subject.oldImage, newImage).notes,
    host: { atLoadMicroseconds: 0 },
  };
  return result;
}

function restart(
  { oldImage, newImage, patch, workload }: Subject,
  run: Run,
  point: number,
  kept: { right: number; of: number },
): PointOutcome {
  const old = run.process;
  if (!run.runUntilItAsks()) {
    const why = 'the program ended before it waited for input again: its state lay on its stack until then';
    return { kind: 'refused', point, reason: 'no-quiet-moment', why };
  }
  const waited = old.instructions - point;
  const updated = updatedFork(run, patch);
  const began = performance.now();
  const fresh = Run.start(newImage, workload, oldImage.name);
  if (!fresh.runUntilItAsks()) {
    const why =
      'the new program ended without waiting for input: there is no moment at which to give it state';
    return { kind: 'refused', point, reason: 'no-quiet-moment', why };
  }
  const { process } = fresh;
  const instructions = process.instructions;
  const snapshot = process.memory.snapshot();
  const wordsWritten = copyState(old, process);
  const ended = performance.now();
  const pagesChanged = process.memory.changedPages(snapshot).length;
  if (updated !== undefined) {
    kept.of++;
    if (ending(run.succeededBy(process)) === updated) kept.right++;
  }
  return {
    kind: 'applied',
    point,
    busy: waited > 0,
    waited,
    pause: {
      instructions,
      handler: { notMeasured: 'a new process needs none' },
      hookInstructions: 0,
      framesWalked: 0,
      wordsScanned: 0,
      wordsWritten,
      pagesChanged,
    },
    host: { pauseMicroseconds: (ended - began) * MICROSECONDS, prepareMicroseconds: 0 },
  };
}

/** How the process goes on when it is updated instead; undefined when it cannot be. */
function updatedFork(run: Run, patch: Subject['patch']): string | undefined {
  const fork = run.fork();
  const landed = applyUpdate(fork, fork.process.instructions, { patch, strategy: undefined });
  return 'plan' in landed ? ending(fork, run.output.length) : undefined;
}

/** What it writes from now on, and how it ends. */
function ending(run: Run, from = 0): string {
  const stop = run.runToEnd();
  return `${run.output.slice(from)}\0${JSON.stringify(stop)}`;
}

interface Copy {
  pairs: { from: SymbolEntry; to: SymbolEntry }[];
  notes: string[];
}

/** Which variables are copied where. */
function copyOf(oldImage: Image, newImage: Image): Copy {
  const [olds, news] = [variablesOf(oldImage), variablesOf(newImage)];
  const pairs: Copy['pairs'] = [];
  const resized: string[] = [];
  for (const [key, from] of olds) {
    const to = news.get(key);
    if (to === undefined) continue;
    if (to.size === from.size) pairs.push({ from, to });
    else resized.push(from.name);
  }
  const notes =
    resized.length === 0 ? [] : [`not copied, as their sizes differ: ${resized.sort().join(', ')}`];
  return { pairs, notes };
}

/** Writable variables by file and name; those that share both cannot be told apart. */
function variablesOf({ symbols, sections }: Image): Map<string, SymbolEntry> {
  const variables = symbols.filter(
    ({ kind, size, section }) => kind === 'object' && size > 0 && sections[section]?.writable === true,
  );
  const known = new Map<string, SymbolEntry>();
  const twice = new Set<string>();
  for (const variable of variables) {
    const key = `${variable.file ?? ''}\0${variable.name}`;
    if (known.has(key)) twice.add(key);
    known.set(key, variable);
  }
  for (const key of twice) known.delete(key);
  return known;
}

/** Returns the words that were written. */
function copyState(old: Process, fresh: Process): number {
  const { pairs } = copyOf(old.image, fresh.image);
  const translate = translator(old.image, fresh.image);
  let words = 0;
  for (const { from, to } of pairs) {
    const bytes = old.memory.read(from.address, from.size);
    translate(from, bytes);
    fresh.memory.write(to.address, bytes);
    words += Math.ceil(from.size / WORD);
  }
  return words;
}

/** Turns addresses of the old program into those of the new one, in the words that the linker relocated. */
function translator(oldImage: Image, newImage: Image): (variable: SymbolEntry, bytes: Uint8Array) => void {
  const isa = isaOf(oldImage);
  const words = oldImage.relocations.filter(({ type }) => isa.isDataWord(type));
  const index = new SymbolIndex(oldImage.symbols);
  const news = new Map(newImage.symbols.map((symbol) => [`${symbol.file ?? ''}\0${symbol.name}`, symbol]));
  return ({ address, size }, bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const { address: at } of words) {
      if (at < address || at + WORD > address + size) continue;
      const value = view.getUint32(at - address, !oldImage.bigEndian);
      const meant = index.at(value);
      const there = meant && news.get(`${meant.file ?? ''}\0${meant.name}`);
      if (there === undefined) continue;
      view.setUint32(at - address, there.address + value - meant!.address, !oldImage.bigEndian);
    }
  };
}
