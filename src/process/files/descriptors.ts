/**
 * The descriptors of a process.
 *
 * 0, 1 and 2 are the standard streams in the beginning. They look like pipes, whatever they are on the host.
 */
import type { ErrorName } from '../abi/errno.js';
import { R_OK, W_OK } from '../abi/files.js';
import type { FileSystem } from './file-system.js';
import { accessOf, isReadable, type OpenFile, type StandardStream } from './open-file.js';
import { Pipe } from './pipe.js';
import { isError, type Result } from './result.js';

/** Descriptors a process may have: RLIMIT_NOFILE. */
export const MOST_DESCRIPTORS = 1024;

interface Slot {
  open: OpenFile;
  closeOnExec: boolean;
}

/** What happens when nobody refers to a standard stream any more. */
export type StreamClosed = (stream: StandardStream) => void;

export class Descriptors {
  private readonly slots = new Map<number, Slot>();
  private nextPipe = 1;

  private constructor(readonly system: FileSystem) {}

  static create(system: FileSystem): Descriptors {
    const files = new Descriptors(system);
    for (const stream of [0, 1, 2] as const) {
      const open: OpenFile = { kind: 'stream', stream, status: stream === 0 ? 0 : 1, references: 1 };
      files.slots.set(stream, { open, closeOnExec: false });
    }
    return files;
  }

  /** The same descriptors and files once more; neither sees what the other does. */
  fork(): Descriptors {
    const fork = new Descriptors(this.system.fork());
    fork.nextPipe = this.nextPipe;
    const pipes = new Map<Pipe, Pipe>();
    const copies = new Map<OpenFile, OpenFile>();
    for (const [descriptor, { open, closeOnExec }] of this.slots) {
      let copy = copies.get(open);
      if (copy === undefined) {
        copy = { ...open };
        if (copy.kind === 'pipe') {
          const pipe = pipes.get(copy.pipe) ?? copy.pipe.fork();
          pipes.set(copy.pipe, pipe);
          copy = { ...copy, pipe };
        }
        copies.set(open, copy);
      }
      fork.slots.set(descriptor, { open: copy, closeOnExec });
    }
    return fork;
  }

  get(descriptor: number): OpenFile | undefined {
    return this.slots.get(descriptor)?.open;
  }

  /** Numbers in use, ascending. */
  get numbers(): number[] {
    return [...this.slots.keys()].sort((a, b) => a - b);
  }

  closesOnExec(descriptor: number): boolean | undefined {
    return this.slots.get(descriptor)?.closeOnExec;
  }

  /** @returns whether there is such a descriptor. */
  setCloseOnExec(descriptor: number, closeOnExec: boolean): boolean {
    const slot = this.slots.get(descriptor);
    if (slot !== undefined) slot.closeOnExec = closeOnExec;
    return slot !== undefined;
  }

  get isFull(): boolean {
    return this.slots.size >= MOST_DESCRIPTORS;
  }

  /** The lowest free number from `least` on refers to it from now on. */
  add(open: OpenFile, closeOnExec: boolean, least = 0): Result<number> {
    let descriptor = least;
    while (this.slots.has(descriptor)) descriptor++;
    if (descriptor >= MOST_DESCRIPTORS) return 'EMFILE';
    this.slots.set(descriptor, { open, closeOnExec });
    return descriptor;
  }

  /** A description of something in the file system, which stays there at least until it is closed. */
  addNode(open: Extract<OpenFile, { node: string }>, closeOnExec: boolean): Result<number> {
    const descriptor = this.add(open, closeOnExec);
    if (!isError(descriptor)) this.system.hold(open.node);
    return descriptor;
  }

  addPipe(status: number, closeOnExec: boolean): Result<{ read: number; write: number }> {
    const pipe = new Pipe(this.nextPipe);
    const read = this.add({ kind: 'pipe', pipe, end: 'read', status, references: 1 }, closeOnExec);
    if (isError(read)) return read;
    const end: OpenFile = { kind: 'pipe', pipe, end: 'write', status: status | 1, references: 1 };
    const write = this.add(end, closeOnExec);
    if (isError(write)) {
      this.slots.delete(read);
      return write;
    }
    this.nextPipe++;
    return { read, write };
  }

  /** Another descriptor, `least` at least, for the same description. */
  duplicate(descriptor: number, least: number, closeOnExec: boolean): Result<number> {
    const open = this.get(descriptor);
    if (open === undefined) return 'EBADF';
    const copy = this.add(open, closeOnExec, least);
    if (!isError(copy)) open.references++;
    return copy;
  }

  /** Makes `target` refer to what `descriptor` does; what it was before is closed. */
  replace(descriptor: number, target: number, closeOnExec: boolean, closed: StreamClosed): Result<number> {
    const open = this.get(descriptor);
    if (open === undefined || target < 0 || target >= MOST_DESCRIPTORS) return 'EBADF';
    if (descriptor === target) return target;
    open.references++;
    this.close(target, closed);
    this.slots.set(target, { open, closeOnExec });
    return target;
  }

  close(descriptor: number, closed: StreamClosed): ErrorName | undefined {
    const open = this.get(descriptor);
    if (open === undefined) return 'EBADF';
    this.slots.delete(descriptor);
    if (--open.references > 0) return undefined;
    if (open.kind === 'stream') closed(open.stream);
    else if (open.kind === 'pipe') {
      if (open.end === 'read') open.pipe.readers--;
      else open.pipe.writers--;
    } else this.system.release(open.node);
    return undefined;
  }

  /** Whether reading and writing would not wait, for poll(2); `hasInput` is standard input's answer. */
  readiness(descriptor: number, hasInput: boolean): { read: boolean; write: boolean } | undefined {
    const open = this.get(descriptor);
    if (open === undefined) return undefined;
    if (open.kind === 'stream') return { read: open.stream === 0 && hasInput, write: open.stream !== 0 };
    if (open.kind !== 'pipe') return { read: true, write: true };
    const isReader = open.end === 'read';
    return { read: isReader && open.pipe.isReadable, write: !isReader && open.pipe.isWritable };
  }

  /**
   * The bytes a mapping of a file shows, for mmap(2): as many as there are, `length` at most.
   *
   * @param writes whether what is written to the mapping should reach the file, which is not offered.
   */
  mapping(descriptor: number, offset: number, length: number, writes: boolean): Result<Uint8Array> {
    const open = this.get(descriptor);
    if (open === undefined || open.kind === 'path') return 'EBADF';
    if (!isReadable(open)) return 'EACCES';
    if (writes && (accessOf(open.status) & (R_OK | W_OK)) !== (R_OK | W_OK)) return 'EACCES';
    if (open.kind === 'device' && open.device === 'zero') return new Uint8Array();
    if (open.kind !== 'file' || writes) return 'ENODEV';
    if (offset < 0) return 'EINVAL';
    return this.system.read(open.node, offset, length);
  }

  /** Everything about files that can make a difference later, in a form in which equal states are equal. */
  *describe(): Generator<string | number | Uint8Array> {
    yield this.nextPipe;
    const seen = new Map<OpenFile | Pipe, number>();
    for (const descriptor of this.numbers) {
      const { open, closeOnExec } = this.slots.get(descriptor)!;
      yield* [descriptor, closeOnExec ? 1 : 0];
      const known = seen.get(open);
      yield known ?? -1;
      if (known !== undefined) continue;
      seen.set(open, descriptor);
      yield* describeOpen(open);
      if (open.kind !== 'pipe') continue;
      const pipe = seen.get(open.pipe);
      yield pipe ?? -1;
      if (pipe === undefined) yield open.pipe.contents();
      seen.set(open.pipe, descriptor);
    }
    yield* this.system.describe();
  }
}

function* describeOpen(open: OpenFile): Generator<string | number> {
  yield* [open.kind, open.status];
  switch (open.kind) {
    case 'stream':
      yield open.stream;
      return;
    case 'pipe':
      yield* [open.end, open.pipe.number];
      return;
    case 'file':
      yield* [open.node, open.position];
      return;
    case 'directory':
      yield* [open.node, open.position, open.listing?.length ?? -1];
      for (const { name, number, type } of open.listing ?? []) yield* [name, number, type];
      return;
    default:
      yield open.node;
  }
}
