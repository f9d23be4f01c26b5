/** Tries a regression patch: its verdicts, its outcome, and what it does at update points of its session. */
import { expect } from 'vitest';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Image } from '#suture/elf/index.js';
import {
  diff,
  link,
  LiveProcess,
  openPackage,
  Program,
  Refusal,
  select,
  type Diff,
  type Patch,
  type Redirect,
  type RefusalReason,
} from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  expectationOf,
  instructionsFor,
  landsAnywhere,
  loaded,
  programsOf,
  type Case,
  type LevelName,
} from './cases.js';
import { applyAtPoints, type PointSummary } from './every-point.js';
import { seededNumbers } from './numbers.js';
import { Collected, pathOf, runToEnd, start, type IsaName } from './programs.js';
import { SEED } from './settings.js';

/** Update points of each case. */
const POINTS = Number(process.env.SUTURE_POINTS ?? 8);

/** Everything that is not unchanged, by name. */
function verdictsOf({ verdicts }: Diff): Record<string, unknown> {
  const named = (verdict: string): string[] =>
    verdicts.flatMap((v) => (v.verdict === verdict && !isChangedData(v) ? [v.name] : [])).sort();
  const data = verdicts.filter(isChangedData).map(({ name, change }) => [name, change]);
  return {
    changed: named('changed'),
    new: named('new'),
    removed: named('removed'),
    refused: named('refused'),
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

const isChangedData = ({ kind, verdict }: Diff['verdicts'][number]): boolean =>
  kind === 'object' && verdict === 'changed';

/**
 * Holds when diff says what the case names, and what follows is its outcome: nothing to do, the refusal, or an
 * update that lands at seeded points of the session, is taken back to the byte, and answers old, then new. One that
 * does not do so at some points is not tried at any here.
 */
export function tryCase(of: Case, isa: IsaName, level: LevelName, folder?: string): PointSummary | undefined {
  const { verdicts, outcome } = expectationOf(of, isa, level);
  const { oldName, newName, session: sessionName } = programsOf(of, isa, folder);
  const [oldImage, newImage] = [loaded(oldName), loaded(newName)];
  const session = readFileSync(sessionName, 'latin1');
  const difference = diff(new Program(oldImage), new Program(newImage));
  expect(verdictsOf(difference)).toEqual({
    changed: [...verdicts.changed].sort(),
    new: [...verdicts.new].sort(),
    removed: [...verdicts.removed].sort(),
    refused: [...verdicts.refused].sort(),
    data: verdicts.data,
  });
  let patch: Patch;
  try {
    patch = patchFor(of, difference);
    tryAfter(of.refusedAfter, oldImage, session, patch);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.reason, error.message).toBe(outcome);
    return undefined;
  }
  expect('applied').toBe(outcome);
  if (!landsAnywhere(of)) return undefined;
  const short = (name: string): string => relative(pathOf('.'), name);
  const command = (point: number): string =>
    `suture run ${short(oldName)} --patch ${short(newName)} --at ${point} < ${short(sessionName)}`;
  const { count } = runToEnd(oldImage, session);
  return applyAtPoints({ oldImage, newImage, patch, session, command }, seededPoints(count));
}

/** The patch that its manifest asks for. @throws Refusal */
export function patchFor(of: Case, difference: Diff): Patch {
  const { metadata, hooks, select: decisions } = instructionsFor(of);
  return openPackage(link(difference, select(difference, decisions), { metadata, hooks }));
}

/** Reasons for which a way of redirection is none for a patch. */
const NO_WAY: readonly RefusalReason[] = [
  'redirection-impossible',
  'too-short-for-trampoline',
  'out-of-reach',
];

/**
 * Holds when a case that is applied is applied this way too, at seeded points; when it cannot be, the reason is the
 * result, and it was refused for that without a trace.
 */
export function tryRedirection(
  of: Case,
  isa: IsaName,
  redirect: Redirect,
  points = POINTS,
  folder?: string,
): PointSummary | string {
  const { oldName, newName, session: sessionName } = programsOf(of, isa, folder);
  const [oldImage, newImage] = [loaded(oldName), loaded(newName)];
  const session = readFileSync(sessionName, 'latin1');
  const patch = patchFor(of, diff(new Program(oldImage), new Program(newImage)));
  const live = new LiveProcess(new EmulatedTarget(start(oldImage, session)));
  try {
    if (redirect === 'binding-table') live.bind();
    live.update(patch, { redirect });
  } catch (error) {
    if (error instanceof Refusal && NO_WAY.includes(error.reason)) return `${error.reason}: ${error.message}`;
    throw error;
  }
  const short = (name: string): string => relative(pathOf('.'), name);
  const table = redirect === 'binding-table' ? ' --binding-table' : '';
  const command = (point: number): string =>
    `suture run ${short(oldName)} --patch ${short(newName)} --at ${point} --redirect ${redirect}${table} < ${short(sessionName)}`;
  const { count } = runToEnd(oldImage, session);
  const options = { redirect };
  return applyAtPoints({ oldImage, newImage, patch, session, command, options }, seededPoints(count, points));
}

/** Begins an update when the program has written this, and there goes on with it; else where it starts. */
function tryAfter(output: string | undefined, image: Image, session: string, patch: Patch): void {
  const written = new Collected();
  const process = start(image, session, written);
  const live = new LiveProcess(new EmulatedTarget(process));
  if (output === undefined) {
    live.update(patch);
    return;
  }
  while (!written.text.includes(output)) {
    if (process.run(process.instructions + 1).kind !== 'limit') throw new Error(`${output} is never written`);
  }
  live.update(patch).advance();
}

/** Spread over the run: one in each of as many parts. */
function seededPoints(count: number, points = POINTS): number[] {
  const next = seededNumbers(SEED);
  const part = count / points;
  return Array.from({ length: points }, (_, i) =>
    Math.floor(i * part + (next() % Math.max(1, Math.floor(part)))),
  );
}
