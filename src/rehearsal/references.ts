/** What a program does by itself on a workload, for a judge to compare with. */
import type { Image } from '../elf/index.js';
import { LiveProcess, type ApplyOptions, type Patch } from '../patch/index.js';
import { EmulatedTarget } from '../target/index.js';
import { Process, type ProcessStop } from '../process/process.js';
import { linesOf, type Reference } from './old-then-new.js';
import { Session, type Workload } from './workload.js';

/** The program does not come to an end by itself, so there is nothing to compare with. */
export class EndlessRun extends Error {}

/** More is a mistake, or nothing that anybody compares. */
const MOST_OUTPUT = 1 << 28;

/** Everything a program writes, how it ends, and how many instructions that takes. */
export interface Solo {
  output: Uint8Array;
  end: Reference['end'];
  instructions: number;
  /** Where each line of input was answered; undefined when the answers depend on how input arrives. */
  answers: number[] | undefined;
}

/**
 * A run that is given its input line by line may take so many times the instructions of one that has all of it, and
 * some more: a program that goes on while it has none would otherwise never be seen to ask.
 */
const LONGER = 4;
const SOME_MORE = 1_000_000;

/** What is done to a process before its first instruction. */
type Beginning = (process: Process) => void;

/** Lets every call go through a table, which the program pays for from its first instruction on. @throws Refusal */
export const bound: Beginning = (process) => new LiveProcess(new EmulatedTarget(process)).bind();

/** @throws EndlessRun when `limit` instructions are not enough, or nothing will ever wake it. */
export function runAlone(image: Image, workload: Workload, limit: number, begin?: Beginning): Solo {
  const output = new Output();
  const { process } = Session.start(image, workload);
  begin?.(process);
  process.output = output.take;
  const end = endOf(process.run(limit), image.name, process.instructions, limit);
  const { instructions } = process;
  const enough = Math.min(limit, LONGER * instructions + SOME_MORE);
  const answers = answersOf(image, workload, output.bytes, enough, begin);
  return { output: output.bytes, end, instructions, answers };
}

/**
 * What stands for the new program where only a package is at hand: the old one, updated before its first
 * instruction.
 *
 * @throws Refusal when the update does not land.
 */
export function runPatchedAtStart(
  image: Image,
  patches: readonly Patch[],
  options: ApplyOptions,
  bindingTable: boolean,
  workload: Workload,
  limit: number,
): Solo {
  try {
    return runAlone(image, workload, limit, (process) => {
      const live = new LiveProcess(new EmulatedTarget(process));
      if (bindingTable) live.bind();
      live.update(patches, options).advance();
    });
  } catch (error) {
    if (error instanceof EndlessRun)
      throw new EndlessRun(`updated at its first instruction, ${error.message}`);
    throw error;
  }
}

/** Two programs on one workload; answers count when both have as many. */
export function referencesOf(before: Solo, after: Solo): { before: Reference; after: Reference } {
  const prompted = before.answers !== undefined && before.answers.length === after.answers?.length;
  const reference = ({ output, end, answers }: Solo): Reference => ({
    output,
    end,
    answers: prompted ? answers! : linesOf(output),
    prompted,
  });
  return { before: reference(before), after: reference(after) };
}

/** The program once more, given each line of input when it asks for it. */
function answersOf(
  image: Image,
  workload: Workload,
  whole: Uint8Array,
  limit: number,
  begin?: Beginning,
): number[] | undefined {
  const lines = linesOf(workload.input);
  if (lines.length === 0) return undefined;
  const output = new Output();
  const { process } = Session.start(image, { ...workload, input: new Uint8Array() }, undefined, 'open');
  begin?.(process);
  process.output = (descriptor, bytes) => {
    // It writes something else, and perhaps without end.
    if (output.length + bytes.length > whole.length) process.interrupt();
    else output.take(descriptor, bytes);
  };
  const answers: number[] = [];
  for (let given = 0; ;) {
    const stop = process.run(limit);
    if (stop.kind === 'limit') return undefined;
    if (stop.kind !== 'waiting-for-input') break;
    answers.push(output.length);
    const end = lines[answers.length - 1];
    if (end === undefined) process.input.end();
    else process.input.provide(workload.input.subarray(given, end));
    given = end ?? given;
  }
  // Who never asks is not answering.
  if (answers.length === 0) return undefined;
  if (answers.at(-1) !== output.length) answers.push(output.length);
  return Buffer.compare(output.bytes, whole) === 0 ? answers : undefined;
}

function endOf(stop: ProcessStop, name: string, instructions: number, limit: number): Reference['end'] {
  if (stop.kind === 'exited' || stop.kind === 'killed') return stop;
  if (stop.kind === 'limit')
    throw new EndlessRun(`${name} has not ended after ${limit} instructions on this workload`);
  throw new EndlessRun(`${name} waits for something that never comes, after ${instructions} instructions`);
}

class Output {
  private readonly pieces: Uint8Array[] = [];
  length = 0;

  readonly take = (_descriptor: number, bytes: Uint8Array): void => {
    this.length += bytes.length;
    if (this.length > MOST_OUTPUT) throw new EndlessRun(`it writes more than ${MOST_OUTPUT} bytes`);
    this.pieces.push(Uint8Array.from(bytes));
  };

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}
