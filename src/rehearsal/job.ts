/** A rehearsal as data that can be sent to a worker: everything that decides what it finds. */
import { readImage } from '../elf/index.js';
import { openPackage, readPackage, type ApplyOptions } from '../patch/index.js';
import { Decider } from './decide.js';
import type { Judge } from './judge.js';
import { OldThenNew, type Reference } from './old-then-new.js';
import { NoPredicate, Predicate, textOf } from './predicate.js';
import type { Workload } from './workload.js';

export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

/** A module that judges. */
export interface PredicateModule {
  name: string;
  url: string;
  /** Of what it holds: with other text it is another judge. */
  digest: string;
}

export interface Job {
  program: NamedBytes;
  /** Packages, in order; those of several land together. */
  packages: readonly NamedBytes[];
  workload: Workload;
  options: Pick<ApplyOptions, 'redirect' | 'redirectOf' | 'place' | 'ifBusy'>;
  /** Whether every call goes through a table from the start. */
  bindingTable: boolean;
  /** Instructions the update waits at most. */
  patience: number;
  /** Instructions after which a process counts as hung. */
  limit: number;
  judge:
    | {
        kind: 'old-then-new';
        before: Reference;
        after: Reference;
        /** Whether `before` is what the program does by itself. */
        isTolerant: boolean;
        /** Whether both are one output that somebody names. */
        isGiven: boolean;
      }
    | { kind: 'module'; module: PredicateModule };
}

/** @throws what reading the files throws. */
export async function deciderOf(job: Job): Promise<Decider> {
  const image = readImage(job.program.bytes, job.program.name);
  const patches = job.packages.map(({ name, bytes }) => openPackage(readPackage(bytes, name).package, name));
  const { options, patience, bindingTable } = job;
  const update = { patches, options, patience, bindingTable };
  return new Decider(image, job.workload, update, await judgeOf(job), job.limit);
}

/** @throws NoPredicate when it cannot be loaded, or exports no function. */
export async function loadPredicate({ name, url }: PredicateModule): Promise<Judge> {
  let exported: { default?: unknown; during?: unknown };
  try {
    exported = (await import(url)) as typeof exported;
  } catch (error) {
    throw new NoPredicate(`${name}: it cannot be loaded: ${textOf(error)}`);
  }
  return Predicate.of(name, exported);
}

async function judgeOf({ judge }: Job): Promise<Judge> {
  if (judge.kind === 'module') return loadPredicate(judge.module);
  return new OldThenNew(judge.before, judge.after, judge.isTolerant, judge.isGiven);
}
