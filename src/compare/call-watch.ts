/**
 * Counts the calls of procedures while a process runs, and the instructions that each takes on trampolines and table
 * jumps before it reaches the body.
 *
 *     call site --> (trampoline or table jump) --> first instruction of the body
 *
 * Exact: every instruction of these places is reported by the observer of the memory. A call is direct when a known
 * call site was executed immediately before, apart from the delay slot; all others came through a pointer.
 */
import { Observer, type AddressRange } from '../isa/observer.js';
import type { Plan, Running } from '../patch/index.js';
import type { Process } from '../process/process.js';
import type { CallCount, WorkloadCount } from './model.js';

/** What an instruction is for the procedure with this entry. */
type Place = { kind: 'site' | 'body'; entry: number } | { kind: 'detour' };

/** What a thread did last, in instructions that it had retired. */
interface Trail {
  /** When it was on a detour last, and for how many instructions without leaving it. */
  detourEnd: number;
  detour: number;
  /** When it left a call site last, and whose. */
  left: number;
  entry: number;
}

/** Instructions begin at even addresses. */
const PARCEL = 2;
/** The call itself, and what stands in its delay slot. */
const FURTHEST = 2;

export class CallWatch {
  readonly direct: CallCount = { calls: 0, extraInstructions: 0, most: 0 };
  readonly pointer: CallCount = { calls: 0, extraInstructions: 0, most: 0 };
  private detours = 0;
  private readonly places = new Map<number, Place[]>();
  private readonly trails = new Map<number, Trail>();

  /**
   * Watches from now on.
   *
   * @param entries of the procedures, as pointers to them hold.
   * @param running what runs, update and binding table included.
   * @param update the plan by which the procedures were replaced, if they were.
   * @param table the plan of the binding table, if there is one.
   */
  constructor(
    private readonly process: Process,
    entries: readonly number[],
    running: Running,
    { update, table }: { update?: Plan | undefined; table?: Plan | undefined },
  ) {
    const ranges: AddressRange[] = [];
    const watch = (start: number, size: number, place: Place): void => {
      ranges.push({ start, end: start + size });
      for (let at = start; at < start + size; at += PARCEL) {
        const others = this.places.get(at);
        if (others === undefined) this.places.set(at, [place]);
        else others.push(place);
      }
    };
    for (const entry of entries) {
      const start = update?.procedures.find((placed) => placed.entry === entry)?.start ?? entry;
      watch(start, PARCEL, { kind: 'body', entry });
      if (start !== entry) watch(entry, running.jumpLength(entry), { kind: 'detour' });
      for (const { site } of running.callsOf(entry))
        watch(site.address, site.item.size, { kind: 'site', entry });
    }
    for (const { phase, code, address, after } of table?.writes ?? []) {
      if (phase === 'prepare' && code) watch(address, after.length, { kind: 'detour' });
    }
    process.memory.observer = new Observer({ execute: ranges }, ({ pc }) => {
      for (const place of this.places.get(pc) ?? []) this.executed(place);
    });
  }

  /** What was counted until now. */
  count(): WorkloadCount {
    const { direct, pointer, detours } = this;
    return {
      instructions: this.process.instructions,
      direct: { ...direct },
      pointer: { ...pointer },
      detourInstructions: detours,
    };
  }

  /** Instructions that were spent on detours. */
  get detourInstructions(): number {
    return this.detours;
  }

  private executed(place: Place): void {
    const { id, core } = this.process.thread;
    let trail = this.trails.get(id);
    if (trail === undefined) {
      trail = { detourEnd: -Infinity, detour: 0, left: -Infinity, entry: 0 };
      this.trails.set(id, trail);
    }
    const now = core.retired;
    switch (place.kind) {
      case 'site':
        trail.left = now;
        trail.entry = place.entry;
        break;
      case 'detour':
        trail.detour = trail.detourEnd === now - 1 ? trail.detour + 1 : 1;
        trail.detourEnd = now;
        this.detours++;
        break;
      case 'body': {
        const detour = trail.detourEnd === now - 1 ? trail.detour : 0;
        const isDirect = trail.entry === place.entry && now - detour - trail.left <= FURTHEST;
        record(isDirect ? this.direct : this.pointer, detour);
      }
    }
  }
}

function record(count: CallCount, extra: number): void {
  count.calls++;
  count.extraInstructions += extra;
  count.most = Math.max(count.most, extra);
}
