/** What becomes of an update that is asked for where a process stands. */
import { hex, SymbolIndex, type Image } from '../elf/index.js';
import type { AddressRange } from '../isa/observer.js';
import {
  dependsOnStackPointers,
  findBlockers,
  LiveProcess,
  mayBeFound,
  neverReturns,
  planWait,
  Refusal,
  UnwindRules,
  type ApplyOptions,
  type Blocker,
  type ForbiddenRange,
  type Patch,
  type Plan,
  type RuleLookup,
  type Running,
  type UpdateEvent,
  type Wait,
} from '../patch/index.js';
import { callerIn } from '../process/procedure-call.js';
import type { Process } from '../process/process.js';
import { EmulatedTarget, type Target } from '../target/index.js';
import type { Continuations, Run } from './continuations.js';
import { footprintOf, type Footprint } from './footprint.js';
import type { Place } from './model.js';
import { rememberingPlans } from './remembered-plans.js';
import { recordCalls, recordingReads, type Accesses } from './recording-target.js';
import { stackNames } from './stack-names.js';
import { Standing } from './standing.js';
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

/** What the old program does is right by definition. */
const AS_BEFORE: Run = { judgement: 'right', objection: undefined, ranInstructions: 0, merged: false };

export class Verdicts {
  /** Of the plan that was made last. */
  footprint: Footprint = footprintOf([], [], () => []);
  /** What the footprint was made of: the plans, and the code that nobody may be inside. */
  private madeOf: { plans: readonly Plan[]; code: readonly Uint8Array[] } = { plans: [], code: [] };
  private readonly makePlan = rememberingPlans();
  private forbidden: readonly ForbiddenRange[] | undefined;
  /** What procedures of the package found in fixed registers; undefined when it has none. */
  private calledWith: string | undefined;
  private regions: unknown;
  private old: Run | undefined;
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

  /** Whether procedures of the package would find other values in fixed registers than when it was asked last. */
  wouldCallOtherwise({ process }: Session): boolean {
    return this.calledWith !== undefined && this.calledWith !== fixedRegistersOf(process);
  }

  /** Where a process stands now; another must be had once it has run. */
  standing({ process }: Session): Standing {
    return new Standing(process, this.makeTarget(process), this.ruleAt);
  }

  /** Who is inside; undefined when that needs a plan first. */
  blockersOf({ process, target, walkOf }: Standing): Blocker[] | undefined {
    if (this.forbidden === undefined || this.regions !== process.memory.regions) return undefined;
    return this.check(target, this.forbidden, this.ruleAt, walkOf);
  }

  /**
   * The frames that the kernel has made for signal handlers; undefined when every instruction may change who is
   * inside: a stack cannot be walked to its end, or one without a guard holds words that come and go with frames.
   */
  signalFramesOf({ target, walks }: Standing): AddressRange[] | undefined {
    if (walks.some(({ walk }) => !walk.complete)) return undefined;
    if (dependsOnStackPointers(target, walks, this.forbidden ?? [])) return undefined;
    return walks.flatMap(({ walk }) => walk.signalFrames);
  }

  /** For a look at words that are stored while the process goes on from here, its stacks being complete. */
  mayBeFound({ target, walks }: Standing): (address: number, word: number) => boolean {
    return mayBeFound(target, walks, this.forbidden ?? []);
  }

  /** How the old program goes on when the update is refused, wherever that is. */
  withoutUpdate({ judge }: Session, fork: () => Session): Run {
    if (judge?.isTolerant === true) return AS_BEFORE;
    if (this.old !== undefined) return { ...this.old, ranInstructions: 0 };
    this.old = this.continuations.run(fork(), 'alone');
    return this.old;
  }

  /** Lets a fork of the process try. Whoever waits is told on the process itself, which nothing happens to. */
  ask(here: Standing, fork: () => Session): Answer {
    const called: Accesses = { read: [], written: [] };
    const { process } = here;
    const answer = (verdict: Verdict): Answer => ({ verdict, called, words: [] });
    if (process.hasEnded)
      return answer({ kind: 'refused', reason: 'process-ended: the process has ended', planned: true });
    const trial = fork();
    const target = mute(recordCalls(this.makeTarget(trial.process), called));
    const live = new LiveProcess(target, this.running, this.makePlan);
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
    const calls = update.plans.some((plan) => plan.calls.length > 0);
    this.calledWith = calls ? fixedRegistersOf(process) : undefined;
    this.forbidden = update.forbidden;
    this.regions = process.memory.regions;
    this.footprint = this.footprintOf(target, update.plans, update.forbidden);
    try {
      const hindrance = update.tryToLand();
      if (Array.isArray(hindrance)) return { called, ...this.busy(here, hindrance) };
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
    const makePlan = sharing === 'alone' ? undefined : this.makePlan;
    const live = new LiveProcess(mute(this.makeTarget(process)), this.running, makePlan);
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

  placeOf({ process, target, walkOf }: Standing): Place {
    const { thread } = process;
    const own = target.threads.find(({ id }) => id === thread.id);
    const walk = own === undefined ? undefined : walkOf(own);
    const stack = walk === undefined ? [] : stackNames(walk, (address) => this.nameOf(address));
    return { pc: thread.core.pc, thread: thread.id, stack };
  }

  /** Somebody is inside. */
  busy({ process, target }: Standing, blockers: Blocker[]): Pick<Answer, 'verdict' | 'words'> {
    const reason = this.busyText(process, blockers);
    const refused = this.refusalOf(target, blockers, reason);
    const words = blockers.flatMap(({ foundAt }) =>
      typeof foundAt === 'number' ? [{ start: foundAt, end: foundAt + target.isa.bits / 8 }] : [],
    );
    return { verdict: { kind: 'busy', wait: planWait(target, blockers), reason, refused }, words };
  }

  private footprintOf(
    target: Target,
    plans: readonly Plan[],
    forbidden: readonly ForbiddenRange[],
  ): Footprint {
    const code = forbidden.map(({ start, end }) => target.read(start, end - start));
    const { madeOf } = this;
    const isSame =
      plans.length === madeOf.plans.length &&
      plans.every((plan, i) => plan === madeOf.plans[i]) &&
      code.every((bytes, i) => Buffer.compare(bytes, madeOf.code[i]!) === 0);
    if (isSame) return this.footprint;
    this.madeOf = { plans, code };
    return footprintOf(plans, forbidden, (range) =>
      target.isa
        .exits(code[forbidden.indexOf(range)]!, (offset) => this.ruleAt(range.start + offset))
        .map((offset) => range.start + offset),
    );
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

function fixedRegistersOf(process: Process): string {
  const core = callerIn(process)?.core;
  return process.isa.fixedRegisters.map((register) => core?.get(register)).join();
}

/** What an update prints is no output of the program. */
function mute(target: Target): Target {
  target.print = (): void => undefined;
  return target;
}

export const refusalText = ({ reason, message }: Refusal): string => `${reason}: ${message}`;
