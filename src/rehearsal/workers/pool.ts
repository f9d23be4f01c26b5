/** Spreads the parts of a rehearsal over worker threads. */
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { Part } from '../decide.js';
import type { Job } from '../job.js';
import type { PointClass } from '../model.js';
import { NoPredicate } from '../predicate.js';
import type { Report, Task, WorkerStart } from './worker.js';

export interface Spreading {
  /** Worker threads. */
  workers: number;
  /** Is given classes as they are found, and the index of the part they are in. Returns false when that was enough. */
  tell: (found: readonly PointClass[], part: number) => boolean;
  /** Told when nothing more comes of a part. Returns false when that was enough. */
  finish: (part: number) => boolean;
  /** Told when a worker ended before its part was done: what it did not decide is decided by another, once. */
  onLoss: (part: Part, why: string) => void;
  /** Ends the work early, like an answer of `tell`. */
  signal: AbortSignal;
}

/**
 * MiB of objects and strings a worker may have; suture itself needs few of them, the memory of processes is none. A
 * module that takes more loses its worker. Not always: where V8 cannot make one array or table longer, it ends the
 * whole process, with 134.
 */
const HEAP = 1024;
/** Milliseconds in which workers that are told to stop may come to the end of a patched run by themselves. */
const GRACE = 2000;

/**
 * Decides the parts. Returns those that no worker came to the end of, as two lost their worker there.
 *
 * @throws NoPredicate when a module that judges fails, and whatever a mistake in suture throws in a worker.
 */
export async function spread(job: Job, parts: readonly Part[], spreading: Spreading): Promise<Part[]> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const start: WorkerStart = { job, stop };
  const pool = new Piscina<Task, Report>({
    filename: new URL('worker.js', import.meta.url).href,
    workerData: start,
    minThreads: Math.min(spreading.workers, parts.length),
    maxThreads: spreading.workers,
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  /** Set when nobody waits for the workers any more. */
  let over = false;
  let grace: NodeJS.Timeout | undefined;
  const destroy = async (): Promise<void> => {
    if (over) return;
    over = true;
    clearTimeout(grace);
    await pool.destroy();
  };
  const end = (): void => {
    if (Atomics.exchange(stop, 0, 1) !== 0) return;
    grace = setTimeout(() => void destroy(), GRACE);
  };
  if (spreading.signal.aborted) end();
  spreading.signal.addEventListener('abort', end);
  const decide = async (part: Part, index: number, isRetry: boolean): Promise<Part[]> => {
    if (Atomics.load(stop, 0) !== 0) return [];
    const found: PointClass[] = [];
    const { port1, port2 } = new MessageChannel();
    const everything = new Promise<void>((done) => {
      port1.on('message', (batch: PointClass[] | undefined) => {
        if (over) return;
        if (batch === undefined) {
          done();
          return;
        }
        found.push(...batch);
        if (!spreading.tell(batch, index)) end();
      });
    });
    try {
      const report = await pool.run({ part, port: port2 }, { transferList: [port2] });
      if (report.kind === 'no-predicate') throw new NoPredicate(report.message);
      await everything;
      return [];
    } catch (error) {
      if (over) return [];
      if (!isLoss(error)) throw error;
      if (!isRetry) spreading.onLoss(part, (error as Error).message);
      return gaps(found, part);
    } finally {
      port1.close();
    }
  };
  try {
    const finish = (index: number): void => {
      if (!spreading.finish(index)) end();
    };
    const rests = await Promise.all(
      parts.map(async (part, index) => {
        const rest = await decide(part, index, false);
        if (rest.length === 0) finish(index);
        return rest;
      }),
    );
    const lost: Part[] = [];
    for (const [index, rest] of rests.entries()) {
      if (rest.length === 0) continue;
      for (const part of rest) lost.push(...(await decide(part, index, true)));
      finish(index);
    }
    return lost;
  } finally {
    spreading.signal.removeEventListener('abort', end);
    await destroy();
  }
}

/** Whether the worker is gone, rather than the work being wrong. */
const isLoss = (error: unknown): boolean =>
  error instanceof Error &&
  (/exit|terminat/i.test(error.message) ||
    (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY');

/** What of a part nobody has decided. */
export function gaps(found: readonly PointClass[], { first, end }: Part): Part[] {
  const missing: Part[] = [];
  let next = first;
  for (const { first: begin, last } of [...found].sort((a, b) => a.first - b.first)) {
    if (begin >= end) break;
    if (begin > next) missing.push({ first: next, end: begin });
    next = Math.max(next, last + 1);
  }
  if (next < end) missing.push({ first: next, end });
  return missing;
}
