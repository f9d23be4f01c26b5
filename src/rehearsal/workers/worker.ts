/** What a worker thread does: decides parts of one rehearsal, one after the other. */
import { workerData, type MessagePort } from 'node:worker_threads';
import type { Decider, Part } from '../decide.js';
import { deciderOf, type Job } from '../job.js';
import type { PointClass } from '../model.js';

export interface Task {
  part: Part;
  /** Where classes go, in batches. */
  port: MessagePort;
}

/** Answers of a worker beside classes. */
export type Batch = readonly PointClass[];

export interface WorkerStart {
  job: Job;
  /** Not 0 once everybody is to stop. */
  stop: Int32Array;
}

/** Milliseconds between two batches. */
const BATCH = 200;

// Piscina hands on what it was given itself in the second place of its own.
const { job, stop } = (Array.isArray(workerData) ? workerData[1] : workerData) as WorkerStart;
let decider: Promise<Decider> | undefined;

export default async function decidePart({ part, port }: Task): Promise<void> {
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
  port.close();
}
