/** A guest that only makes file calls, and a host's directory in memory. */
import { MemoryFault } from '#suture/isa/core.js';
import { Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { riscv64, type Abi } from '#suture/process/abi/index.js';
import type { ErrorName } from '#suture/process/abi/errno.js';
import { fileCalls } from '#suture/process/calls/files.js';
import type { Arguments, FileCaller, FileOutcome } from '#suture/process/calls/handler.js';
import {
  Descriptors,
  FileSystem,
  type FileSystemOptions,
  type HostChanges,
  type HostDirectory,
  type HostEntry,
  type Result,
} from '#suture/process/files/index.js';

export const EPOCH = 1_767_225_600;
const SECOND = 1_000_000_000;

type Entry =
  | { kind: 'file'; bytes: Uint8Array; mode: number }
  | { kind: 'directory'; mode: number }
  | { kind: 'link'; target: string; mode: number };

/** Strings are files, objects directories, and `{ to }` symbolic links. */
export interface Tree {
  [name: string]: string | Tree | { to: string };
}

export class MemoryHost implements HostDirectory, HostChanges {
  readonly entries = new Map<string, Entry>([['', { kind: 'directory', mode: 0o755 }]]);
  /** Every call, as `name path`. */
  readonly calls: string[] = [];
  /** When set, changes fail with it. */
  failing: ErrorName | undefined;

  constructor(tree: Tree = {}) {
    this.plant('', tree);
  }

  text(path: string): string | undefined {
    const entry = this.entries.get(path);
    return entry?.kind === 'file' ? Buffer.from(entry.bytes).toString() : undefined;
  }

  setText(path: string, text: string): void {
    this.entries.set(path, { kind: 'file', bytes: new Uint8Array(Buffer.from(text)), mode: 0o644 });
  }

  get paths(): string[] {
    return [...this.entries.keys()].sort();
  }

  list(path: string): Result<readonly string[]> {
    this.calls.push(`list ${path}`);
    const prefix = path === '' ? '' : `${path}/`;
    return [...this.entries.keys()]
      .filter((key) => key !== '' && key.startsWith(prefix) && !key.slice(prefix.length).includes('/'))
      .map((key) => key.slice(prefix.length))
      .reverse();
  }

  stat(path: string): Result<HostEntry> {
    this.calls.push(`stat ${path}`);
    const entry = this.entries.get(path);
    if (entry === undefined) return 'ENOENT';
    const { kind, mode } = entry;
    return { kind, size: kind === 'file' ? entry.bytes.length : 0, mode, access: (mode >> 6) & 7 };
  }

  read(path: string, size: number): Result<Uint8Array> {
    this.calls.push(`read ${path}`);
    const entry = this.entries.get(path);
    return entry?.kind === 'file' ? entry.bytes.slice(0, size) : 'ENOENT';
  }

  readLink(path: string): Result<{ target: string }> {
    const entry = this.entries.get(path);
    return entry?.kind === 'link' ? { target: entry.target } : 'EINVAL';
  }

  create(path: string, mode: number): ErrorName | undefined {
    if (this.entries.has(path)) return 'EEXIST';
    return this.change('create', path, () => {
      this.entries.set(path, { kind: 'file', bytes: new Uint8Array(), mode });
    });
  }

  write(path: string, offset: number, bytes: Uint8Array): ErrorName | undefined {
    return this.change('write', path, () => {
      const entry = this.fileAt(path);
      const grown = new Uint8Array(Math.max(entry.bytes.length, offset + bytes.length));
      grown.set(entry.bytes);
      grown.set(bytes, offset);
      entry.bytes = grown;
    });
  }

  truncate(path: string, size: number): ErrorName | undefined {
    return this.change('truncate', path, () => {
      const entry = this.fileAt(path);
      const bytes = new Uint8Array(size);
      bytes.set(entry.bytes.subarray(0, size));
      entry.bytes = bytes;
    });
  }

  setMode(path: string, mode: number): ErrorName | undefined {
    return this.change('setMode', path, () => {
      this.entries.get(path)!.mode = mode;
    });
  }

  unlink(path: string): ErrorName | undefined {
    return this.change('unlink', path, () => {
      if (!this.entries.delete(path)) throw new Error(`${path} is not there`);
    });
  }

  makeDirectory(path: string, mode: number): ErrorName | undefined {
    return this.change('makeDirectory', path, () => {
      this.entries.set(path, { kind: 'directory', mode });
    });
  }

  removeDirectory(path: string): ErrorName | undefined {
    return this.change('removeDirectory', path, () => {
      if (!this.entries.delete(path)) throw new Error(`${path} is not there`);
    });
  }

  rename(from: string, to: string): ErrorName | undefined {
    return this.change('rename', `${from} ${to}`, () => {
      for (const [path, entry] of [...this.entries]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue;
        this.entries.delete(path);
        this.entries.set(to + path.slice(from.length), entry);
      }
    });
  }

  private change(name: string, path: string, action: () => void): ErrorName | undefined {
    this.calls.push(`${name} ${path}`);
    if (this.failing !== undefined) return this.failing;
    action();
    return undefined;
  }

  private fileAt(path: string): Extract<Entry, { kind: 'file' }> {
    const entry = this.entries.get(path);
    if (entry?.kind !== 'file') throw new Error(`${path} is no file`);
    return entry;
  }

  private plant(at: string, tree: Tree): void {
    for (const [name, what] of Object.entries(tree)) {
      const path = at === '' ? name : `${at}/${name}`;
      if (typeof what === 'string') this.setText(path, what);
      else if (typeof what.to === 'string') {
        this.entries.set(path, { kind: 'link', target: what.to, mode: 0o777 });
      } else {
        this.entries.set(path, { kind: 'directory', mode: 0o755 });
        this.plant(path, what);
      }
    }
  }
}

type Argument = number | string | Uint8Array;

/** Where its memory begins; it ends at `END`, and nothing is mapped behind. */
export const START = 0x10000;
export const END = START + 32 * PAGE_SIZE;
/** Where calls put their answers in these tests; paths and data are put before. */
export const ANSWER = START + 16 * PAGE_SIZE;

export class Guest implements FileCaller {
  readonly memory: Memory;
  readonly epoch = EPOCH * SECOND;
  time = 0;
  /** What standard input gives next; undefined when it must be waited for. */
  input: string | undefined = '';
  output = '';
  closed: number[] = [];
  private drawn = 0;

  constructor(
    readonly abi: Abi,
    readonly files: Descriptors,
  ) {
    this.memory = new Memory(abi.bigEndian);
    this.memory.map(START, END, READ | WRITE, 'test');
  }

  static create(options: Partial<FileSystemOptions> = {}, abi: Abi = riscv64): Guest {
    const epoch = { seconds: EPOCH, nanoseconds: 0 };
    return new Guest(abi, Descriptors.create(FileSystem.create({ epoch, ...options })));
  }

  /** In a granted directory that it sees as `/data`, and works in. */
  static in(host: MemoryHost, options: Partial<FileSystemOptions> = {}, abi: Abi = riscv64): Guest {
    return Guest.create({ host, changes: host, mount: '/data', ...options }, abi);
  }

  fork(): Guest {
    const fork = new Guest(this.abi, this.files.fork());
    fork.time = this.time;
    fork.input = this.input;
    return fork;
  }

  now(): number {
    return this.time;
  }

  random(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => ++this.drawn & 0xff);
  }

  readonly user = {
    read: (address: number, length: number): Uint8Array => {
      if (address < 0 || address + length > 2 ** 32) throw new MemoryFault('read', address, 'unmapped');
      return this.memory.read(address, length);
    },
    write: (address: number, bytes: Uint8Array): void => {
      if (address < 0 || address + bytes.length > 2 ** 32)
        throw new MemoryFault('write', address, 'unmapped');
      this.memory.write(address, bytes);
    },
  };

  readonly streams = {
    read: (count: number): Uint8Array | undefined => {
      if (this.input === undefined) return undefined;
      const part = this.input.slice(0, count);
      this.input = this.input.slice(count);
      return new Uint8Array(Buffer.from(part));
    },
    write: (_stream: 1 | 2, bytes: Uint8Array): void => {
      this.output += Buffer.from(bytes).toString();
    },
    close: (stream: number): void => {
      this.closed.push(stream);
    },
  };

  /** Strings and bytes are put into memory, and their address is the argument. */
  outcome(name: string, ...given: Argument[]): FileOutcome {
    let free = START;
    const args = given.map((argument) => {
      if (typeof argument === 'number') return this.abi.wordSize === 4 ? argument >>> 0 : argument;
      const bytes = typeof argument === 'string' ? new Uint8Array(Buffer.from(`${argument}\0`)) : argument;
      const at = free;
      this.memory.write(at, bytes);
      free += Math.ceil(bytes.length / 16) * 16;
      return at;
    });
    const handler = fileCalls[name];
    if (handler === undefined) throw new Error(`${name} is not served`);
    const six = [0, 1, 2, 3, 4, 5].map((i) => args[i] ?? 0) as unknown as Arguments;
    try {
      return handler(this, six);
    } catch (error) {
      if (error instanceof MemoryFault) return { errno: 'EFAULT' };
      throw error;
    }
  }

  /** The value, the name of the error, or what is waited for. */
  call(name: string, ...given: Argument[]): number | string {
    const outcome = this.outcome(name, ...given);
    if ('value' in outcome) return outcome.value;
    return 'errno' in outcome ? outcome.errno : outcome.wait.kind;
  }

  /** @throws Error when it fails. */
  get(name: string, ...given: Argument[]): number {
    const result = this.call(name, ...given);
    if (typeof result === 'string') throw new Error(`${name}: ${result}`);
    return result;
  }

  /** How a 64-bit offset is passed. */
  offset(value: number): number[] {
    const low = Number(BigInt.asUintN(32, BigInt(value)));
    const high = Math.floor(value / 2 ** 32) >>> 0;
    if (this.abi.wordSize === 8) return [value];
    return this.abi.bigEndian ? [high, low] : [low, high];
  }

  bytes(address: number, length: number): Uint8Array {
    return this.memory.read(address, length);
  }

  view(address: number, length: number): DataView {
    return new DataView(this.bytes(address, length).buffer);
  }

  int(address: number): number {
    return this.view(address, 4).getInt32(0, !this.abi.bigEndian);
  }

  /** What a read from a descriptor gives. */
  readText(descriptor: number, count = 4096): string {
    const length = this.get('read', descriptor, ANSWER, count);
    return Buffer.from(this.bytes(ANSWER, length)).toString();
  }

  open(path: string, flags: (keyof Abi['open'])[] = [], mode = 0o644): number | string {
    const bits = flags.reduce((sum, flag) => sum | this.abi.open[flag], 0);
    return this.call('openat', -100, path, bits, mode);
  }

  opened(path: string, flags: (keyof Abi['open'])[] = [], mode = 0o644): number {
    const descriptor = this.open(path, flags, mode);
    if (typeof descriptor === 'string') throw new Error(`${path}: ${descriptor}`);
    return descriptor;
  }

  /** Everything in a file, or the error. */
  cat(path: string): string {
    const descriptor = this.open(path);
    if (typeof descriptor === 'string') return descriptor;
    const read = this.call('read', descriptor, ANSWER, 1);
    if (typeof read === 'string') return read;
    let text = read === 0 ? '' : String.fromCharCode(this.bytes(ANSWER, 1)[0]!);
    for (let part = this.readText(descriptor); part !== ''; part = this.readText(descriptor)) text += part;
    this.get('close', descriptor);
    return text;
  }

  /** Writes a file anew. */
  put(path: string, text: string): void {
    const descriptor = this.opened(path, ['O_WRONLY', 'O_CREAT', 'O_TRUNC']);
    this.get('write', descriptor, new Uint8Array(Buffer.from(text)), Buffer.byteLength(text));
    this.get('close', descriptor);
  }

  /** Names in a directory, or the error. */
  ls(path: string, size = 4096): string[] | string {
    const descriptor = this.open(path, ['O_DIRECTORY']);
    if (typeof descriptor === 'string') return descriptor;
    const names: string[] = [];
    for (let page = this.entries(descriptor, size); page.length > 0; page = this.entries(descriptor, size)) {
      names.push(...page.map(({ name }) => name));
    }
    this.get('close', descriptor);
    return names;
  }

  /** One getdents64. */
  entries(descriptor: number, size: number): { name: string; type: number; number: number }[] {
    const length = this.get('getdents64', descriptor, ANSWER, size);
    const view = this.view(ANSWER, length);
    const found = [];
    for (let at = 0; at < length;) {
      const size = view.getUint16(at + 16, !this.abi.bigEndian);
      const name = this.bytes(ANSWER + at + 19, size - 19);
      found.push({
        name: Buffer.from(name.subarray(0, name.indexOf(0))).toString(),
        type: view.getUint8(at + 18),
        number: Number(view.getBigUint64(at, !this.abi.bigEndian)),
      });
      at += size;
    }
    return found;
  }

  cwd(): string {
    const length = this.get('getcwd', ANSWER, 4096);
    return Buffer.from(this.bytes(ANSWER, length - 1)).toString();
  }

  describe(): unknown[] {
    return [...this.files.describe()];
  }
}
