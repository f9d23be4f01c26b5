/** Single steps of the sequence that need nothing but the target and the plan. */
import { hex } from '../elf/index.js';
import { MemoryFault } from '../isa/core.js';
import type { Target } from '../target/index.js';
import type { Journal } from './journal.js';
import type { ForbiddenRange, Plan } from './plan.js';
import { Refusal } from './refusal.js';

const READ_WRITE = 6;

/** Refuses unless memory holds the bytes the plan expects: the run-pre match. */
export function match(target: Target, plan: Plan): void {
  for (const { address, bytes, why } of plan.expected) {
    const found = readOrNothing(target, address, bytes.length);
    if (found !== undefined && Buffer.compare(found, bytes) === 0) continue;
    const holds = found === undefined ? 'nothing is mapped' : `memory holds ${show(found)}`;
    const message = `${why}: ${holds} at ${hex(address)} where ${show(bytes)} is expected`;
    throw new Refusal(
      'unexpected-bytes',
      `${message}; the process does not run ${plan.program}, or was changed`,
    );
  }
}

/** Reserves memory, fills it, gives it its permission, and lets every thread see it. */
export function prepare(target: Target, plan: Plan, journal: Journal): void {
  for (const { start, end, name } of plan.reservations) journal.reserve(start, end, READ_WRITE, name);
  for (const write of plan.writes) {
    if (write.phase === 'prepare') target.write(write.address, write.after);
  }
  for (const { start, end, protection } of plan.reservations) target.protect(start, end, protection);
  for (const { start, end } of plan.reservations) target.synchronize(start, end);
}

/** Makes every call reach the new code, and every thread see that. */
export function redirect(target: Target, plan: Plan, journal: Journal): void {
  const writes = plan.writes.filter(({ phase }) => phase === 'commit');
  for (const { address, before, after, code } of writes)
    journal.write(address, after, { code, state: before === undefined });
  for (const { address, after, code } of writes) {
    if (code) target.synchronize(address, address + after.length);
  }
}

/** Reads back what was written. */
export function verify(target: Target, plan: Plan): void {
  for (const { phase, address, after, code, why } of plan.writes) {
    // New variables may have been filled meanwhile.
    if (phase === 'prepare' && !code) continue;
    const found = target.read(address, after.length);
    if (Buffer.compare(found, after) !== 0) {
      throw new Refusal(
        'write-failed',
        `${why}: ${show(found)} was read back at ${hex(address)}, ${show(after)} was written`,
      );
    }
  }
}

/** In the other direction nobody may be inside the new bodies, nor inside a rewritten sequence. */
export function forbiddenForRollback(plan: Plan): ForbiddenRange[] {
  const bodies = plan.procedures.map(({ name, start, size, strategy }): ForbiddenRange => {
    // Reserved text disappears.
    return { start, end: start + size, kind: 'procedure', entryCounts: strategy !== 'in-place', name };
  });
  return [
    ...bodies,
    ...plan.forbidden.filter((range) => range.kind === 'sequence' || range.bothWays === true),
  ];
}

function readOrNothing(target: Target, address: number, length: number): Uint8Array | undefined {
  try {
    return target.read(address, length);
  } catch (error) {
    if (error instanceof MemoryFault) return undefined;
    throw error;
  }
}

const show = (bytes: Uint8Array): string =>
  Buffer.from(bytes.subarray(0, 16)).toString('hex') + (bytes.length > 16 ? '...' : '');
