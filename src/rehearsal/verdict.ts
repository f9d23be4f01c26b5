/** What becomes of an update that is asked for where a process stands. */
import { hex, SymbolIndex, type Image } from '../elf/index.js';
import type { AddressRange } from '../isa/observer.js';
import {
  findBlockers,
  LiveProcess,
  neverReturns,
  planWait,
  Refusal,
  UnwindRules,
  walkThread,
  type ApplyOptions,
  type Blocker,
  type ForbiddenRange,
  type Patch,
  type RuleLookup,
  type Running,
  type UpdateEvent,
  type Wait,
} from '../patch/index.js';
import type { Process } from '../process/process.js';
import { EmulatedTarget, type Target, type TargetThread } from '../target/index.js';
import type { Continuations, Run } from './continuations.js';
import { footprintOf, type Footprint } from './footprint.js';
import type { Place } from './model.js';
import { recordCalls, recordingReads, type Accesses } from './recording-target.js';
import type { Session } from './workload.js';

/** An update that is to be rehearsed, and how. */
export interface RehearsedUpdate {
  /** One, or several that land together. */
  patches: readonly Patch[];
  options: Omit<ApplyOptions, 'deadline' | 'onEvent'>;
  /** Instructions it waits at most. */
  patience: number;
  /** Whether every call goes through a table from the start; unless said, when the redirection needs it. */
  bindingTable?: boolean;
  /** What a process is to the patch engine; for experiments with one that makes mistakes. */
  makeTarget?: (process: Process) => Target;
}

export type Verdict =
  | { kind: 'lands'; run: Run }
  /** `refused`: why there is no waiting. */
  | { kind: 'busy'; wait: Wait; reason: string; refused: string | undefined }
  | { kind: 'objects'; reason: string }
  /** `planned`: that depends on nothing but what is mapped and what the plan expects, whoever is inside. */
  | { kind: 'refused'; reason: string; planned: boolean };

export interface Answer {
  verdict: Verdict;
  /** What procedures of the package used to come to it, and for a refusal what was compared in vain. */
  called: Accesses;
  /** Words in memory that make somebody seem to be inside. */
  words: AddressRange[];
}

/** How an update that waited came out. */
export interface Waited {
  /** Undefined when it was refused. */
  landsAt: number | undefined;
  reason: string;
  run: Run;
}

const MOST_STACK = 64;
/** What the old program does is right by definition. */
const AS_BEFORE: Run = { judgement: 'right', objection: undefined, ranInstructions: 0, merged: false };

export class Verdicts {
  /** Of the plan that was made last. */
  footprint: Footprint = footprintOf([], [], () => []);
  private forbidden: readonly ForbiddenRange[] | undefined;
  private regions: unknown;
  private old: Run | undefined;
  /** The thread whose stack could not be walked last. */
  private unwalkable = -1;
  private readonly names: SymbolIndex;
  private readonly ruleAt: RuleLookup;
  private readonly check: typeof findBlockers;

  constructor(
    image: Image,
    private readonly update: RehearsedUpdate,
    private readonly continuations: Continuations,
    /** What runs before the update. */
    private readonly running: Running,
  ) {
    this.names = new SymbolIndex(image.symbols, ['procedure']);
    this.ruleAt = new UnwindRules(image).ruleAt;
    this.check = update.options.check ?? findBlockers;
  }

  /** The plan may be another one from here on. */
  forgetPlan(): void {
    this.forbidden = undefined;
  }

  /** Who is inside; undefined when that needs a plan first. */
  blockersOf({ process }: Session): Blocker[] | undefined {
    if (this.forbidden === undefined || this.regions !== process.memory.regions) return undefined;
    return this.check(this.makeTarget(process), this.forbidden, this.ruleAt);
  }

  /** Whether every stack was walked to its end, so that words in memory that only look like addresses do not count. */
  walksAreComplete({ process }: Session): boolean {
    const target = this.makeTarget(process);
    const isComplete = (thread: TargetThread): boolean => walkThread(target, thread, this.ruleAt).complete;
    const { threads } = target;
    const suspect = threads.find(({ id }) => id === this.unwalkable);
    if (suspect !== undefined && !isComplete(suspect)) return false;
    const found = threads.find((thread) => !isComplete(thread));
    this.unwalkable = found?.id ?? -1;
    return found === undefined;
  }

  /** How the old program goes on when the update is refused, wherever that is. */
  withoutUpdate({ judge }: Session, fork: () => Session): Run {
    if (judge?.isTolerant === true) return AS_BEFORE;
    if (this.old !== undefined) return { ...this.old, ranInstructions: 0 };
    this.old = this.continuations.run(fork(), 'alone');
    return this.old;
  }

  /** Lets a fork of the process try. Whoever waits is told on the process itself, which nothing happens to. */
  ask(session: Session, fork: () => Session): Answer {
    const called: Accesses = { read: [], written: [] };
    const { process } = session;
    const answer = (verdict: Verdict): Answer => ({ verdict, called, words: [] });
    if (process.hasEnded)
      return answer({ kind: 'refused', reason: 'process-ended: the process has ended', planned: true });
    const blockers = this.blockersOf(session);
    if (blockers !== undefined && blockers.length > 0) return { called, ...this.busy(session, blockers) };
    const trial = fork();
    const target = mute(recordCalls(this.makeTarget(trial.process), called));
    const live = new LiveProcess(target, this.running);
    const refused = (error: unknown, planned: boolean): Answer => {
      if (!(error instanceof Refusal)) throw error;
      return answer({ kind: 'refused', reason: refusalText(error), planned });
    };
    let update: ReturnType<LiveProcess['update']>;
    const compared: AddressRange[] = [];
    try {
      update = recordingReads(target, compared, () =>
        live.update(this.update.patches, { ...this.update.options, deadline: Infinity }),
      );
    } catch (error) {
      this.forgetPlan();
      called.read.push(...compared);
      return refused(error, true);
    }
    this.forbidden = update.forbidden;
    this.regions = process.memory.regions;
    this.footprint = footprintOf(update.plans, update.forbidden, ({ start, end }) =>
      target.isa
        .exits(target.read(start, end - start), (offset) => this.ruleAt(start + offset))
        .map((offset) => start + offset),
    );
    try {
      const hindrance = update.tryToLand();
      if (Array.isArray(hindrance)) return { called, ...this.busy(session, hindrance) };
      if (hindrance !== undefined) {
        const reason = `the ${hindrance.why} says that it is not the moment`;
        return answer({ kind: 'objects', reason });
      }
    } catch (error) {
      return refused(error, false);
    }
    trial.judge?.landed();
    return answer({ kind: 'lands', run: this.continuations.run(trial) });
  }

  /**
   * Carries an update through on a process of its own, with all the waiting.
   *
   * @param sharing `alone` when what is known from other runs must not count.
   */
  carryOut(session: Session, sharing: 'shared' | 'alone' = 'shared'): Waited {
    const { process } = session;
    const live = new LiveProcess(mute(this.makeTarget(process)), this.running);
    const deadline = process.instructions + this.update.patience;
    let landsAt: number | undefined;
    let waited = '';
    const onEvent = (event: UpdateEvent): void => {
      if (event.kind === 'busy') waited ||= this.busyText(process, event.blockers);
      if (event.kind === 'not-now') waited ||= `the ${event.call.why} says that it is not the moment`;
    };
    try {
      const update = live.update(this.update.patches, { ...this.update.options, deadline, onEvent });
      while (session.drive(() => update.advance()) === 'waiting-for-input');
      landsAt = process.instructions;
      session.judge?.landed();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      waited = refusalText(error);
    }
    return { landsAt, reason: waited, run: this.continuations.run(session, sharing) };
  }

  placeOf({ process }: Session): Place {
    const { thread } = process;
    const target = this.makeTarget(process);
    const here = target.threads.find(({ id }) => id === thread.id);
    const walk = here === undefined ? undefined : walkThread(target, here, this.ruleAt);
    const stack = (walk?.activations ?? []).slice(0, MOST_STACK).map(({ within }) => this.nameOf(within));
    return { pc: thread.core.pc, thread: thread.id, stack };
  }

  /** Somebody is inside. */
  busy({ process }: Session, blockers: Blocker[]): Pick<Answer, 'verdict' | 'words'> {
    const target = this.makeTarget(process);
    const reason = this.busyText(process, blockers);
    const refused = this.refusalOf(target, blockers, reason);
    const words = blockers.flatMap(({ foundAt }) =>
      typeof foundAt === 'number' ? [{ start: foundAt, end: foundAt + target.isa.bits / 8 }] : [],
    );
    return { verdict: { kind: 'busy', wait: planWait(target, blockers), reason, refused }, words };
  }

  private refusalOf(target: Target, blockers: Blocker[], reason: string): string | undefined {
    if (this.update.options.ifBusy === 'refuse') return `busy: ${reason}`;
    const endless = neverReturns(target, blockers, this.ruleAt);
    if (endless === undefined) return undefined;
    const names = [...new Set(endless.blockers.map(({ range }) => range.name))].join(', ');
    return `never-returns: ${names} is active: ${endless.why}`;
  }

  private busyText({ threads }: Process, [first]: readonly Blocker[]): string {
    if (first === undefined) return '';
    const { range, depth, thread, foundAt } = first;
    const who = threads.length > 1 && thread !== undefined ? ` in thread ${thread}` : '';
    if (range.kind === 'sequence') return `a thread${who} is inside of a sequence: ${range.name}`;
    if (depth !== undefined) return `${range.name} is active${who}`;
    const place = foundAt === 'register' ? 'a register' : 'memory';
    return `${range.name} may be active: ${place} holds what may be a return into it`;
  }

  private nameOf(address: number): string {
    return this.names.at(address)?.name ?? hex(address);
  }

  private makeTarget(process: Process): Target {
    return this.update.makeTarget?.(process) ?? new EmulatedTarget(process);
  }
}

/** What an update prints is no output of the program. */
function mute(target: Target): Target {
  target.print = (): void => undefined;
  return target;
}

export const refusalText = ({ reason, message }: Refusal): string => `${reason}: ${message}`;
