/**
 * What a comparison of update strategies finds. Every number is a count that repeats exactly, except those in the
 * members called `host`, which are times of the machine that measured.
 */
import type { Redirect, RefusalReason } from '../patch/index.js';

/** The ways of redirection, and the process-based method: a new process that is given the old one's state. */
export type ComparedStrategy = Redirect | 'restart';

/** In the order in which they are shown. */
export const STRATEGIES: readonly ComparedStrategy[] = [
  'in-place',
  'call-sites',
  'trampoline',
  'binding-table',
  'restart',
];

/** What the handler inside the process does for an update, in instructions of the process. */
export interface HandlerCost {
  /** From its entry to sigreturn. */
  instructions: number;
  /** The same for what happens before the pause. */
  preparation: number;
  framesWalked: number;
  wordsScanned: number;
  wordsWritten: number;
}

/** What the threads waited for at one update point. */
export interface PointPause {
  /**
   * Instructions that the handler inside the process executes for it; for a restart those of the new process until it
   * asks for input. Undefined where that was not measured.
   */
  instructions: number | undefined;
  /** Undefined where it was not measured, with the reason. */
  handler: HandlerCost | { notMeasured: string };
  /** Instructions of hooks and transformations that the update called. */
  hookInstructions: number;
  framesWalked: number;
  wordsScanned: number;
  /** Words of 32 bits written over the program, or copied into the new process. */
  wordsWritten: number;
  /** Pages of 4 KiB that these lie in. */
  pagesChanged: number;
}

/** What became of the update at one point of the workload. */
export type PointOutcome =
  | {
      kind: 'applied';
      point: number;
      /** Whether somebody was inside when it was asked for. */
      busy: boolean;
      /** Instructions from there until it landed. */
      waited: number;
      pause: PointPause;
      host: { pauseMicroseconds: number; prepareMicroseconds: number };
    }
  | { kind: 'refused'; point: number; reason: RefusalReason | 'no-quiet-moment'; why: string };

export type RefusedOutcome = Extract<PointOutcome, { kind: 'refused' }>;
export type AppliedOutcome = Extract<PointOutcome, { kind: 'applied' }>;

/** What is done before anything has to stop. */
export interface Preparation {
  /** By the handler inside the process; undefined where that was not measured. */
  instructions: number | undefined;
  /** Whole pages. */
  bytesReserved: number;
  /** Bytes of code and of constants and variables that come to those of the program. */
  textBytes: number;
  dataBytes: number;
}

/** Calls of the changed procedures that were made, and the instructions more that each took to reach the body. */
export interface CallCount {
  calls: number;
  /** In all calls together. */
  extraInstructions: number;
  /** Of the dearest call. */
  most: number;
}

/** The whole workload once, under one arrangement. */
export interface WorkloadCount {
  instructions: number;
  /** Direct calls of the changed procedures. */
  direct: CallCount;
  /** Everything else that reached their entries: calls through pointers. */
  pointer: CallCount;
  /** Instructions on trampolines and in table jumps, those of procedures that did not change included. */
  detourInstructions: number;
}

export interface MeasuredStrategy {
  strategy: ComparedStrategy;
  applies: true;
  /** Words and bytes when the program is loaded, long before any update. Undefined where nothing is done then. */
  atLoad: (Preparation & { wordsWritten: number }) | undefined;
  preparation: Preparation;
  points: readonly PointOutcome[];
  /** The workload without an update, in a process loaded for this strategy. Undefined for a restart: nothing is done. */
  before: WorkloadCount | undefined;
  /** The workload when the update is made at `afterFrom`. Undefined for a restart: it is the new program. */
  after: WorkloadCount | undefined;
  /** The update point from which `after` runs. */
  afterFrom: number;
  /** How often a restart went on as the updated process would. */
  stateKept: { right: number; of: number } | undefined;
  notes: readonly string[];
  host: { atLoadMicroseconds: number };
}

export interface InapplicableStrategy {
  strategy: ComparedStrategy;
  applies: false;
  why: string;
}

export type StrategyResult = MeasuredStrategy | InapplicableStrategy;

export interface Comparison {
  old: string;
  new: string;
  isa: string;
  /** Procedures that the update replaces, and direct calls of them in the old program. */
  procedures: readonly string[];
  callSites: number;
  seed: number;
  /** Instructions of the workload in the old and in the new program. */
  workload: { old: number; new: number };
  /** Update points, ascending, in instructions of the old program. */
  points: readonly number[];
  strategies: readonly StrategyResult[];
}

/** What stands between a pair of programs and their comparison. */
export class CompareError extends Error {
  override readonly name = 'CompareError';
  constructor(
    readonly problem: 'limit' | 'stuck',
    message: string,
  ) {
    super(message);
  }
}
