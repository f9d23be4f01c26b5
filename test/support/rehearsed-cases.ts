/** Rehearses regression patches in process, and holds what their classes say against brute force. */
import type { Image } from '#suture/elf/index.js';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import {
  diff,
  link,
  LiveProcess,
  openPackage,
  Program,
  Refusal,
  type ApplyOptions,
  type Diff,
  type Patch,
} from '#suture/patch/index.js';
import { Decider } from '#suture/rehearsal/decide.js';
import { assemble, referencesOf, runAlone, type PointClass } from '#suture/rehearsal/index.js';
import { OldThenNew } from '#suture/rehearsal/old-then-new.js';
import type { RehearsedUpdate } from '#suture/rehearsal/verdict.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { patchFor } from './apply-case.js';
import { expectationOf, loaded, programsOf, type Case, type Programs } from './cases.js';
import { seededNumbers } from './numbers.js';
import { pathOf, PLENTY, start, type IsaName } from './programs.js';

/** How an update is asked for. */
export interface Way {
  name: string;
  options: Pick<ApplyOptions, 'redirect' | 'ifBusy'>;
  /** Instructions it waits at most. */
  patience: number;
}

export const PATIENT = 100_000_000;
export const PLAIN: Way = { name: 'as chosen', options: {}, patience: PATIENT };
export const WAYS: readonly Way[] = [
  PLAIN,
  { name: 'trampoline', options: { redirect: 'trampoline' }, patience: PATIENT },
  { name: 'call-sites', options: { redirect: 'call-sites' }, patience: PATIENT },
  { name: 'binding-table', options: { redirect: 'binding-table' }, patience: PATIENT },
  { name: 'if-busy refuse', options: { ifBusy: 'refuse' }, patience: PATIENT },
  { name: 'deadline 50', options: {}, patience: 50 },
];

/** A case made ready: what decides its points, and how many there are. */
export interface Subject {
  decider: Decider;
  points: number;
  /** The command that does the same at all points, or at one. */
  command: (point?: number) => string;
}

/** More than twice what either program needs: who takes longer hangs. */
const LONGER = 3;
const SOME_MORE = 1_000_000;

type Engine = Pick<RehearsedUpdate, 'makeTarget'> & Pick<ApplyOptions, 'check'>;

/** @param engine what else the engine is given, for one that makes mistakes. */
export function subjectOf(of: Case, isa: IsaName, way: Way = PLAIN, engine: Engine = {}): Subject {
  const manifest = `patches/${of.name}/manifest.json`;
  return subjectBetween(programsOf(of, isa), way, engine, {
    manifest,
    patchOf: (found) => patchFor(of, found),
  });
}

/** How the patch is made. */
interface Making {
  manifest: string | undefined;
  patchOf: (difference: Diff) => Patch;
  /** Reads a program. */
  load?: (name: string) => Image;
}

const AS_IT_IS: Making = { manifest: undefined, patchOf: (difference) => openPackage(link(difference)) };

/** The patch from one program to another, and what it is rehearsed on. */
export function subjectBetween(
  { oldName, newName, session }: Programs,
  { options, patience }: Way = PLAIN,
  { check, makeTarget }: Engine = {},
  { manifest, patchOf, load = loaded }: Making = AS_IT_IS,
): Subject {
  const [oldImage, newImage] = [load(oldName), load(newName)];
  const patch = patchOf(diff(new Program(oldImage), new Program(newImage)));
  const workload = { input: new Uint8Array(readFileSync(session)) };
  const before = runAlone(oldImage, workload, PLENTY);
  const after = runAlone(newImage, workload, PLENTY);
  const references = referencesOf(before, after);
  const limit = LONGER * Math.max(before.instructions, after.instructions) + SOME_MORE;
  const update: RehearsedUpdate = {
    patches: [patch],
    options: { ...options, ...(check !== undefined && { check }) },
    patience,
    ...(makeTarget !== undefined && { makeTarget }),
  };
  const judge = new OldThenNew(references.before, references.after);
  const [old, fresh, input] = [oldName, newName, session].map((name) => relative(pathOf('.'), name));
  const command = (point?: number): string =>
    [
      ...(manifest === undefined
        ? []
        : [`suture build ${old} ${fresh} --manifest ${manifest} -o fix.lup &&`]),
      point === undefined ? `suture rehearse ${old}` : `suture run ${old} --at ${point} --patch`,
      manifest === undefined ? fresh : 'fix.lup',
      ...(point === undefined ? [`--stdin ${input}`] : []),
      ...(point === undefined && manifest !== undefined ? [`--new ${fresh}`] : []),
      ...(options.redirect === undefined ? [] : [`--redirect ${options.redirect}`]),
      ...(options.redirect === 'binding-table' ? ['--binding-table'] : []),
      ...(options.ifBusy === undefined ? [] : [`--if-busy ${options.ifBusy}`]),
      ...(patience === PATIENT ? [] : [`--deadline ${patience}`]),
      ...(point === undefined ? [] : [`< ${input}`]),
    ].join(' ');
  const decider = new Decider(oldImage, workload, update, judge, limit);
  return { decider, points: before.instructions + 1, command };
}

/** The classes of a run, decided in so many parts. */
export function classesOf({ decider, points }: Subject, parts = 1): PointClass[] {
  const found: PointClass[] = [];
  const size = Math.ceil(points / parts);
  for (let first = 0; first < points; first += size)
    decider.decide({ first, end: Math.min(points, first + size) }, (each) => found.push(each));
  const ascending = [...found].sort((a, b) => a.first - b.first);
  let next = 0;
  for (const { first, last } of ascending) {
    if (first !== next || last < first)
      throw new Error(`a class from ${first} to ${last} where one from ${next} on is due`);
    next = last + 1;
  }
  if (next !== points)
    throw new Error(`the classes end with ${next - 1}, and the last point is ${points - 1}`);
  return assemble(found, points);
}

/** What a class says of one of its points, and what became of it by itself. */
export const saidOf = ({ decision, landsAt, judgement }: PointClass, point: number): string =>
  `${decision} at ${decision === 'at-once' ? point : landsAt}: ${judgement}`;

export function triedAt(decider: Decider, point: number): string {
  const { landsAt, run } = decider.try(point);
  const decision = landsAt === undefined ? 'refused' : landsAt > point ? 'deferred' : 'at-once';
  return `${decision} at ${landsAt}: ${run.judgement}`;
}

/** @throws Error that names the first point which by itself does not do what its class says. */
export function compareWithBruteForce(
  subject: Subject,
  classes: readonly PointClass[],
  points: Iterable<number>,
): number {
  let tried = 0;
  let i = 0;
  for (const point of points) {
    while (classes[i]!.last < point) i++;
    const of = classes[i]!;
    const [said, done] = [saidOf(of, point), triedAt(subject.decider, point)];
    if (said !== done) {
      throw new Error(
        `point ${point} is said to be "${said}" by its class ${of.first} to ${of.last} (${[of.reason, of.objection].join(' ')}); ` +
          `by itself it is "${done}"\nto repeat: ${subject.command(point)}\nand: ${subject.command()}`,
      );
    }
    tried++;
  }
  return tried;
}

export interface Tried {
  points: number;
  classes: number;
  /** Points tried by brute force. */
  tried: number;
  /** Points after which the program goes wrong. */
  wrong: number;
  /** Points at which the update is refused. */
  refused: number;
}

/**
 * Rehearses a case, in a few parts, and tries points by brute force.
 *
 * @param stepOf from one point that is tried to the next, in a run of so many; the first is seeded.
 * @returns why it is skipped, when there is nothing to rehearse.
 * @throws Error where points are missing or doubled, where brute force differs, and where one goes wrong that must not.
 */
export function rehearseCase(
  of: Case,
  isa: IsaName,
  way: Way,
  stepOf: (points: number) => number,
  seed: number,
): Tried | string {
  const { outcome } = expectationOf(of, isa, '-O2');
  if (outcome !== 'applied') return outcome;
  const impossible = hindranceTo(of, isa, way);
  if (impossible !== undefined) return impossible;
  const subject = subjectOf(of, isa, way);
  const classes = classesOf(subject, 1 + (seed % 3));
  const wrong = classes.filter(({ judgement }) => judgement !== 'right');
  if (wrong[0] !== undefined && of.wrongAt === undefined) {
    const { first, objection, judgement } = wrong[0];
    throw new Error(`point ${first}: ${judgement}: ${objection ?? ''}\nto repeat: ${subject.command(first)}`);
  }
  if (wrong.length === 0 && of.wrongAt !== undefined)
    throw new Error(`no point goes wrong, but ${of.wrongAt}\nto repeat: ${subject.command()}`);
  const step = stepOf(subject.points);
  const first = seededNumbers(seed)() % step;
  const points = Array.from(
    { length: Math.ceil((subject.points - first) / step) },
    (_, i) => first + i * step,
  );
  const tried = compareWithBruteForce(subject, classes, points);
  return {
    points: subject.points,
    classes: classes.length,
    tried,
    wrong: count(wrong),
    refused: count(classes.filter(({ decision }) => decision === 'refused')),
  };
}

const count = (classes: readonly PointClass[]): number =>
  classes.reduce((sum, { first, last }) => sum + last - first + 1, 0);

/** Why a way is not open to a patch at all. */
function hindranceTo(of: Case, isa: IsaName, { options }: Way): string | undefined {
  if (options.redirect === undefined) return undefined;
  const { oldName, newName } = programsOf(of, isa);
  const image = loaded(oldName);
  const patch = patchFor(of, diff(new Program(image), new Program(loaded(newName))));
  const live = new LiveProcess(new EmulatedTarget(start(image, '')));
  try {
    if (options.redirect === 'binding-table') live.bind();
    live.update(patch, { redirect: options.redirect });
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return `${error.reason}: ${error.message}`;
    throw error;
  }
}
