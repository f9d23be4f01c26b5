/**
 * System calls that wait for one of several descriptors.
 *
 * Source: poll(2), select(2).
 */
import { NEVER, SECOND } from '../clock.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';
import { readTimespec } from './time.js';

const POLLIN = 1;
const POLLOUT = 4;
const POLLERR = 8;
const POLLHUP = 0x10;
const POLLNVAL = 0x20;
const POLLRDNORM = 0x40;
/** POLLWRNORM is POLLOUT on SPARC. */
const POLLWRNORM = { riscv32: 0x100, riscv64: 0x100, sparc32: POLLOUT };
const ENTRY = 8;
const MOST_DESCRIPTORS = 1024;
const MILLISECOND = 1_000_000;
const MICROSECOND = 1000;
const SIGSET_SIZE = 8;

/** Nanoseconds from now on; NEVER to wait as long as it takes; null for a bad time. */
type Patience = number | null;

function patienceOf(kernel: Kernel, at: number, wide: boolean): Patience {
  return at === 0 ? NEVER : readTimespec(kernel.user, at, wide);
}

/** struct timeval. */
function patienceOfTimeval({ user }: Kernel, at: number): Patience {
  if (at === 0) return NEVER;
  const seconds = user.wordSize === 8 ? user.signed64(at) : user.signed32(at);
  const microseconds = user.wordSize === 8 ? user.signed64(at + 8) : user.signed32(at + 4);
  return seconds < 0 || microseconds < 0 ? null : seconds * SECOND + microseconds * MICROSECOND;
}

/**
 * Answers when something is ready or time is up; otherwise the call is made again. What is waited for keeps its
 * deadline meanwhile.
 *
 * @param look counts what is ready now, and says whether input from the host could change that.
 * @param report tells the guest.
 */
function waitFor(
  kernel: Kernel,
  patience: number,
  look: () => { ready: number; awaitsInput: boolean },
  report: () => void,
): Outcome {
  const { thread } = kernel;
  const deadline = (thread.deadline ??= kernel.now() + patience);
  const { ready, awaitsInput } = look();
  if (ready === 0 && kernel.now() < deadline) return { wait: { kind: 'poll', deadline, awaitsInput } };
  report();
  return { value: ready };
}

/** Blocks other signals until the call ends, however it does. */
function changeMask(kernel: Kernel, mask: number): void {
  const { thread } = kernel;
  if (mask === 0 || thread.blockedAfterSuspend !== undefined) return;
  const wanted = kernel.user.signalSet(mask) & ~kernel.signals.untouchable;
  thread.blockedAfterSuspend = thread.blocked;
  thread.blocked = wanted;
}

function poll(kernel: Kernel, at: number, count: number, patience: Patience): Outcome {
  if (patience === null || count < 0 || count > MOST_DESCRIPTORS) return { errno: 'EINVAL' };
  const view = new DataView(kernel.user.read(at, count * ENTRY).slice().buffer);
  const little = !kernel.abi.bigEndian;
  const look = (): { ready: number; awaitsInput: boolean } => {
    let ready = 0;
    let awaitsInput = false;
    for (let entry = 0; entry < count * ENTRY; entry += ENTRY) {
      const descriptor = view.getInt32(entry, little);
      const events = view.getInt16(entry + 4, little);
      const found = descriptor < 0 ? 0 : happened(kernel, descriptor, events);
      if (found === 'awaits-input') awaitsInput = true;
      const happening = found === 'awaits-input' ? 0 : found;
      view.setInt16(entry + 6, happening, little);
      if (happening !== 0) ready++;
    }
    return { ready, awaitsInput };
  };
  return waitFor(kernel, patience, look, () => {
    kernel.user.write(at, new Uint8Array(view.buffer));
  });
}

interface Readiness {
  readable: boolean;
  writable: boolean;
  /** A pipe without writers, and one without readers. */
  hangup: boolean;
  broken: boolean;
  waitsForInput: boolean;
}

function readiness({ files, input }: Kernel, descriptor: number): Readiness | undefined {
  const state = files.readiness(descriptor, input.isReady);
  const open = files.get(descriptor);
  if (state === undefined || open === undefined) return undefined;
  const waitsForInput = open.kind === 'stream' && open.stream === 0 && !input.isReady;
  const hangup = open.kind === 'pipe' && open.end === 'read' && open.pipe.writers === 0;
  const broken = open.kind === 'pipe' && open.end === 'write' && open.pipe.readers === 0;
  // A pipe whose writers are gone hangs up; it is readable while it holds something.
  const readable = hangup && open.pipe.size === 0 ? false : state.read;
  return { readable, writable: state.write, hangup, broken, waitsForInput };
}

function happened(kernel: Kernel, descriptor: number, events: number): number | 'awaits-input' {
  const state = readiness(kernel, descriptor);
  if (state === undefined) return POLLNVAL;
  const write = POLLOUT | POLLWRNORM[kernel.abi.name];
  const found =
    (state.readable ? events & (POLLIN | POLLRDNORM) : 0) |
    (state.writable ? events & write : 0) |
    (state.hangup ? POLLHUP : 0) |
    (state.broken ? POLLERR : 0);
  const wantsInput = (events & (POLLIN | POLLRDNORM)) !== 0 && state.waitsForInput;
  return found === 0 && wantsInput ? 'awaits-input' : found;
}

/** Descriptor sets are arrays of longs, the lowest descriptor in the lowest bit of the first. */
class DescriptorSet {
  private readonly bytes: Uint8Array | undefined;
  private readonly result: Uint8Array;

  constructor(
    private readonly kernel: Kernel,
    private readonly at: number,
    private readonly count: number,
  ) {
    const bits = 8 * kernel.user.wordSize;
    const size = Math.ceil(count / bits) * kernel.user.wordSize;
    this.bytes = at === 0 ? undefined : kernel.user.read(at, size);
    this.result = new Uint8Array(size);
  }

  has(descriptor: number): boolean {
    return ((this.bytes?.[this.byteOf(descriptor)] ?? 0) & (1 << (descriptor & 7))) !== 0;
  }

  clear(): void {
    this.result.fill(0);
  }

  add(descriptor: number): void {
    this.result[this.byteOf(descriptor)]! |= 1 << (descriptor & 7);
  }

  write(): void {
    if (this.at !== 0 && this.count > 0) this.kernel.user.write(this.at, this.result);
  }

  private byteOf(descriptor: number): number {
    const byte = descriptor >> 3;
    return this.kernel.abi.bigEndian ? byte ^ (this.kernel.user.wordSize - 1) : byte;
  }
}

function select(kernel: Kernel, args: readonly number[], patience: Patience): Outcome {
  const [count = 0, readAt = 0, writeAt = 0, exceptAt = 0] = args;
  if (patience === null || count < 0 || count > MOST_DESCRIPTORS) return { errno: 'EINVAL' };
  const [reads, writes, excepts] = [readAt, writeAt, exceptAt].map(
    (at) => new DescriptorSet(kernel, at, count),
  ) as [DescriptorSet, DescriptorSet, DescriptorSet];
  for (let descriptor = 0; descriptor < count; descriptor++) {
    const asked = [reads, writes, excepts].some((set) => set.has(descriptor));
    if (asked && readiness(kernel, descriptor) === undefined) return { errno: 'EBADF' };
  }
  const look = (): { ready: number; awaitsInput: boolean } => {
    for (const set of [reads, writes, excepts]) set.clear();
    let ready = 0;
    let awaitsInput = false;
    for (let descriptor = 0; descriptor < count; descriptor++) {
      const state = readiness(kernel, descriptor);
      if (state === undefined) continue;
      if (reads.has(descriptor)) {
        if (state.readable || state.hangup) {
          reads.add(descriptor);
          ready++;
        } else if (state.waitsForInput) awaitsInput = true;
      }
      if (writes.has(descriptor) && state.writable) {
        writes.add(descriptor);
        ready++;
      }
    }
    return { ready, awaitsInput };
  };
  return waitFor(kernel, patience, look, () => {
    for (const set of [reads, writes, excepts]) set.write();
  });
}

function ppoll(kernel: Kernel, args: readonly number[], wide: boolean): Outcome {
  const [at = 0, count = 0, time = 0, mask = 0, size = 0] = args;
  if (mask !== 0 && size !== SIGSET_SIZE) return { errno: 'EINVAL' };
  const patience = patienceOf(kernel, time, wide);
  changeMask(kernel, mask);
  return poll(kernel, at, count, patience);
}

/** The sixth argument points to a pointer to the mask and its size. */
function pselect(kernel: Kernel, args: readonly number[], wide: boolean): Outcome {
  const [, , , , time = 0, pair = 0] = args;
  const patience = patienceOf(kernel, time, wide);
  changeMask(kernel, pair === 0 ? 0 : kernel.user.word(pair));
  return select(kernel, args, patience);
}

export const pollCalls: Handlers = {
  poll: (kernel, [at, count, milliseconds]) =>
    poll(kernel, at, count, (milliseconds | 0) < 0 ? NEVER : milliseconds * MILLISECOND),
  ppoll: (kernel, args) => ppoll(kernel, args, kernel.user.wordSize === 8),
  ppoll_time64: (kernel, args) => ppoll(kernel, args, true),
  select: (kernel, args) => select(kernel, args, patienceOfTimeval(kernel, args[4])),
  _newselect: (kernel, args) => select(kernel, args, patienceOfTimeval(kernel, args[4])),
  pselect6: (kernel, args) => pselect(kernel, args, kernel.user.wordSize === 8),
  pselect6_time64: (kernel, args) => pselect(kernel, args, true),
};
