/** What a worker thread does: decides parts of one rehearsal, one after the other. */
import type { MessagePort } from 'node:worker_threads';
import { workerData } from 'piscina';
import type { Decider, Part } from '../decide.js';
import { deciderOf, type Job } from '../job.js';
import type { PointClass } from '../model.js';
import { NoPredicate } from '../predicate.js';
import { printToStandardError } from './printing.js';

export interface Task {
  part: Part;
  /** Where classes go, in batches, and at last undefined. */
  port: MessagePort;
}

/** What came of a task: errors lose their class on the way from a thread. */
export type Report = { kind: 'done' } | { kind: 'no-predicate'; message: string };

export interface WorkerStart {
  job: Job;
  /** Not 0 once everybody is to stop. */
  stop: Int32Array;
}

/** Milliseconds between two batches. */
const BATCH = 200;

const { job, stop } = workerData as WorkerStart;
let decider: Promise<Decider> | undefined;
printToStandardError();

export default async function decidePart(task: Task): Promise<Report> {
  try {
    await decide(task);
    return { kind: 'done' };
  } catch (error) {
    if (error instanceof NoPredicate) return { kind: 'no-predicate', message: error.message };
    throw error;
  }
}

async function decide({ part, port }: Task): Promise<void> {
  decider ??= deciderOf(job);
  const ready = await decider;
  let batch: PointClass[] = [];
  let sent = Date.now();
  const send = (): void => {
    if (batch.length > 0) port.postMessage(batch);
    batch = [];
    sent = Date.now();
  };
  ready.decide(
    part,
    (found) => {
      batch.push(found);
      if (Date.now() - sent > BATCH) send();
    },
    () => Atomics.load(stop, 0) !== 0,
  );
  send();
  // The thread sleeps between tasks, and a port it closed would be closed only when it wakes.
  port.postMessage(undefined);
}
