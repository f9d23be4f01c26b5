/** One plan, carried out by the host and by the handler inside the process, from the same update point. */
import { readFileSync } from 'node:fs';
import {
  diff,
  link,
  LiveProcess,
  makePlan,
  openPackage,
  Program,
  Refusal,
  select,
} from '#suture/patch/index.js';
import type { Patch, Plan } from '#suture/patch/index.js';
import { HandlerExecutor, toHandlerPlan, toInversePlan } from '#suture/patch/handler/index.js';
import type { Process } from '#suture/process/process.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { instructionsFor, loaded, programsOf, type Case } from './cases.js';
import { Collected, imageOf, PLENTY, runToEnd, start, type IsaName } from './programs.js';

export const handlerImage = (isa: IsaName): ReturnType<typeof imageOf> =>
  imageOf(`targets/updater/updater.${isa}.elf`);

export interface Subject {
  process: Process;
  patch: Patch;
  /** Instructions of the whole session. */
  count: number;
}

/** A case's old program, about to start its session. @throws Refusal where it has no patch. */
export function subjectOf(of: Case, isa: IsaName): Subject {
  const { oldName, newName, session } = programsOf(of, isa);
  const [oldImage, newImage] = [loaded(oldName), loaded(newName)];
  const difference = diff(new Program(oldImage), new Program(newImage));
  const { metadata, hooks, select: decisions } = instructionsFor(of);
  const patch = openPackage(link(difference, select(difference, decisions), { metadata, hooks }));
  const input = readFileSync(session, 'latin1');
  return { process: start(oldImage, input), patch, count: runToEnd(oldImage, input).count };
}

/** What can be seen of a process: what it holds where, and its registers. */
export type View = Map<string, string>;

interface Pages {
  start: number;
  end: number;
}

/** Regions with their permission and contents but those of the handler, and the registers of the thread. */
export function viewOf(target: EmulatedTarget, without: readonly Pages[]): View {
  const view: View = new Map();
  const { core } = target.process;
  for (const { start, end, protection } of target.regions()) {
    if (without.some((pages) => pages.start <= start && pages.end >= end)) continue;
    view.set(`region ${start.toString(16)}`, `${end.toString(16)} ${protection}`);
    for (const page of target.filledPages(start, end)) {
      const { words } = page;
      // A page that was touched and holds zeros is one that was never touched.
      if (words.some((word) => word !== 0)) view.set(`page ${page.start.toString(16)}`, words.join(' '));
    }
  }
  const registers = Array.from({ length: 32 }, (_, i) => core.get(i));
  view.set('registers', [core.pc, ...registers].join(' '));
  return view;
}

/** The first difference, for messages; undefined when there is none. */
export function difference(a: View, b: View): string | undefined {
  for (const [name, contents] of a) {
    const other = b.get(name);
    if (other === contents) continue;
    if (other === undefined) return `${name}: only in the first`;
    const [ones, others] = [contents.split(' '), other.split(' ')];
    const at = ones.findIndex((word, i) => word !== others[i]);
    return `${name}: word ${at} is ${ones[at]} and ${others[at]}`;
  }
  const more = [...b.keys()].find((name) => !a.has(name));
  return more === undefined ? undefined : `${more}: only in the second`;
}

/** A handler in the process, and nothing done: the register windows that its visit spills are spilled as well. */
function visit(target: EmulatedTarget, isa: IsaName, avoid: readonly Pages[]): Pages[] {
  const executor = new HandlerExecutor(target, handlerImage(isa), 0, avoid);
  executor.loadBytes(new Uint8Array(4));
  const { reason } = executor.prepare();
  if (reason !== 'bad-plan') throw new Error(`an empty plan is ${reason}`);
  return executor.regions;
}

export type Meeting = 'applied' | 'busy' | 'conservative';

export interface Comparison {
  meeting: Meeting;
  /** What differs, where something does; it must not. */
  differs: string | undefined;
  /** Of the way back: undefined when it was not tried. */
  back: 'done' | 'busy' | undefined;
  reason: string;
}

/** Carries the patch out twice where `process` stands, by host and by handler, and takes it back once. */
export function compareExecutors(process: Process, patch: Patch, isa: IsaName): Comparison {
  const host = new EmulatedTarget(process.fork(() => undefined));
  const inside = new EmulatedTarget(process.fork(() => undefined));
  const untouched = new EmulatedTarget(process.fork(() => undefined));
  const plan = makePlan(inside, patch);
  const translated = toHandlerPlan(inside, plan);
  const applied = applyByHost(host, patch);
  const hostView = viewOf(host, visit(host, isa, plan.reservations));
  const untouchedView = viewOf(untouched, visit(untouched, isa, plan.reservations));
  const executor = new HandlerExecutor(inside, handlerImage(isa), translated.journal, plan.reservations);
  executor.load(translated);
  const prepared = executor.prepare();
  if (prepared.verdict !== 'done') throw new Error(`preparing: ${prepared.verdict}, ${prepared.reason}`);
  const run = executor.apply();
  const view = viewOf(inside, executor.regions);
  const reserved = [...executor.regions, ...plan.reservations];
  if (run.verdict === 'busy') {
    const differs = difference(untouchedView, viewOf(inside, reserved));
    return { meeting: applied ? 'conservative' : 'busy', differs, back: undefined, reason: run.reason };
  }
  if (run.verdict !== 'done' || !applied) {
    const differs = `the handler says ${run.verdict} (${run.reason}), the host ${applied ? 'applied it' : 'busy'}`;
    return { meeting: 'applied', differs, back: undefined, reason: run.reason };
  }
  const differs = difference(hostView, view) ?? goesOnOtherwise(host.process, inside.process);
  const back = takeBack(executor, inside, plan, translated);
  if (back.verdict !== 'done') return { meeting: 'applied', differs, back: 'busy', reason: back.reason };
  const after = difference(untouchedView, viewOf(inside, reserved));
  return {
    meeting: 'applied',
    differs: differs ?? (after && `taken back: ${after}`),
    back: 'done',
    reason: run.reason,
  };
}

/** Whether the one writes something else from here on than the other: old instructions may still be in a cache. */
function goesOnOtherwise(one: Process, other: Process): string | undefined {
  const [a, b] = [one, other].map((process) => {
    const output = new Collected();
    const copy = process.fork(output.sink);
    const stop = copy.run(process.instructions + PLENTY);
    return `${JSON.stringify(stop)} ${output.text}`;
  });
  return a === b ? undefined : `it goes on otherwise: ${b} instead of ${a}`;
}

function takeBack(
  executor: HandlerExecutor,
  target: EmulatedTarget,
  plan: Plan,
  translated: ReturnType<typeof toHandlerPlan>,
): ReturnType<HandlerExecutor['apply']> {
  executor.load(toInversePlan(target, plan, translated));
  const prepared = executor.prepare();
  if (prepared.verdict !== 'done') throw new Error(`preparing the way back: ${prepared.reason}`);
  const run = executor.apply();
  if (run.verdict !== 'done' && run.verdict !== 'busy') throw new Error(`the way back: ${run.reason}`);
  return run;
}

/** Whether it landed at once. */
function applyByHost(target: EmulatedTarget, patch: Patch): boolean {
  try {
    new LiveProcess(target).update(patch, { ifBusy: 'refuse' }).advance();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.reason === 'busy') return false;
    throw error;
  }
}
