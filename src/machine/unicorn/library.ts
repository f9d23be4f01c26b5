/**
 * libunicorn's C interface, as far as the engine needs it, through koffi. Loaded in the engine's own process
 * only.
 *
 * Source: unicorn/unicorn.h, version 2.0.
 */
import { createRequire } from 'node:module';

/** An address in this process. */
export type Pointer = bigint | object;

interface Koffi {
  load(path: string): { func(prototype: string): (...args: unknown[]) => unknown };
  proto(prototype: string): unknown;
  pointer(type: unknown): unknown;
  register(callback: Callback, type: unknown): unknown;
  view(pointer: Pointer, length: number): ArrayBuffer;
}

type Callback = (...args: never[]) => unknown;

/** uc_hook_type. */
export const enum Hook {
  interrupt = 1 << 0,
  code = 1 << 2,
  block = 1 << 3,
  unmapped = 7 << 4,
  protected = 7 << 7,
}

/** uc_err. */
export const enum Status {
  ok = 0,
  readUnmapped = 6,
  writeUnmapped = 7,
  fetchUnmapped = 8,
  invalid = 10,
  writeProtected = 12,
  readProtected = 13,
  fetchProtected = 14,
}

/** uc_mem_type of what went wrong. */
export const enum MemoryEvent {
  fetchUnmapped = 21,
  fetchProtected = 24,
}

/** Every address, as the range of a hook: its beginning lies behind its end. */
const EVERYWHERE: [number, number] = [1, 0];
/** UC_CTL_TB_REMOVE_CACHE, to be written with two arguments. */
const REMOVE_TRANSLATIONS = 9 | (2 << 26) | (1 << 30);
/** Never reached. */
const UNTIL = 0xffff_ffff_ffff_ffffn;

export class LibraryError extends Error {}

export class Library {
  readonly version: string;
  private readonly koffi: Koffi;
  private readonly call: (name: string, ...args: unknown[]) => number;
  private readonly uc: Pointer;
  private readonly callbackTypes: Record<'interrupt' | 'memory' | 'code', unknown>;
  /** What the library keeps pointers to. */
  private readonly kept: unknown[] = [];

  /** Opens an engine. @throws Error when koffi or the library is absent. */
  constructor(architecture: number, mode: number) {
    this.koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const native = this.koffi.load('libunicorn.so.2');
    const functions = new Map(PROTOTYPES.map((prototype) => [nameIn(prototype), native.func(prototype)]));
    this.call = (name, ...args) => functions.get(name)!(...args) as number;
    const [major, minor] = [[0], [0]];
    const combined = this.call('uc_version', major, minor);
    this.version = `${major[0]}.${minor[0]}.${(combined >>> 8) & 0xff}`;
    this.callbackTypes = {
      interrupt: this.koffi.proto('void InterruptHook(void *uc, uint32_t number, void *user)'),
      memory: this.koffi.proto(
        'bool MemoryHook(void *uc, int type, uint64_t address, int size, int64_t value, void *user)',
      ),
      code: this.koffi.proto('void CodeHook(void *uc, uint64_t address, uint32_t size, void *user)'),
    };
    const opened: (Pointer | null)[] = [null];
    this.check('uc_open', architecture, mode, opened);
    this.uc = opened[0]!;
  }

  /** The first bytes of the library's own record of this engine. */
  record(length: number): ArrayBuffer {
    return this.koffi.view(this.uc, length);
  }

  /** Memory for the processor's registers as the library keeps them, see `save`. */
  allocateContext(): { context: Pointer; buffer: ArrayBuffer } {
    const allocated: (Pointer | null)[] = [null];
    this.check('uc_context_alloc', this.uc, allocated);
    const context = allocated[0]!;
    return { context, buffer: this.koffi.view(context, this.call('uc_context_size', this.uc)) };
  }

  save(context: Pointer): void {
    this.check('uc_context_save', this.uc, context);
  }

  restore(context: Pointer): void {
    this.check('uc_context_restore', this.uc, context);
  }

  /** Executes `count` instructions from `pc` on, or fewer; the status says why. */
  start(pc: number, count: number): Status {
    return this.call('uc_emu_start', this.uc, pc, UNTIL, 0, count);
  }

  stop(): void {
    this.check('uc_emu_stop', this.uc);
  }

  /** Maps bytes in place; `protection` is the sum of 1 (read), 2 (write) and 4 (execute). */
  map(address: number, bytes: Uint8Array, protection: number): void {
    this.check('uc_mem_map_ptr', this.uc, address, bytes.length, protection, bytes);
  }

  /** Forgets what was translated from code. Unmapping alone leaves it to be found again. */
  forgetTranslations(address: number, length: number): void {
    this.check('uc_ctl', this.uc, REMOVE_TRANSLATIONS, 'uint64_t', address, 'uint64_t', address + length);
  }

  unmap(address: number, length: number): void {
    this.check('uc_mem_unmap', this.uc, address, length);
  }

  readRegister(register: number): number {
    const value = new Uint32Array(4);
    this.check('uc_reg_read', this.uc, register, value);
    return value[0]!;
  }

  writeRegister(register: number, value: number): void {
    this.check('uc_reg_write', this.uc, register, Uint32Array.of(value, 0, 0, 0));
  }

  describe(status: Status): string {
    return String(this.call('uc_strerror', status));
  }

  onInterrupt(callback: (number: number) => void): void {
    this.hook(Hook.interrupt, 'interrupt', (_uc: never, number: number) => {
      callback(number);
    });
  }

  /** Called for what is not mapped or not permitted; when it returns true the access is made again. */
  onMemory(callback: (type: number, address: bigint) => boolean): void {
    this.hook(
      Hook.unmapped | Hook.protected,
      'memory',
      (_uc: never, type: number, address: number | bigint) => callback(type, BigInt(address)),
    );
  }

  /** Called at the begin of every run of instructions that follow each other. */
  onBlock(callback: (address: number, size: number) => void): void {
    this.hook(Hook.block, 'code', (_uc: never, address: number | bigint, size: number) => {
      callback(Number(address), size);
    });
  }

  /** Returns what arranges that `callback` is called before the instruction at an address, and what undoes it. */
  instructionHooks(callback: (address: number) => void): (address: number) => () => void {
    const registered = this.register('code', (_uc: never, address: number | bigint) => {
      callback(Number(address));
    });
    return (address) => {
      const handle = this.add(Hook.code, registered, [address, address]);
      return () => {
        this.check('uc_hook_del', this.uc, handle);
      };
    };
  }

  private hook(type: number, kind: keyof Library['callbackTypes'], callback: Callback): void {
    this.add(type, this.register(kind, callback), EVERYWHERE);
  }

  private register(kind: keyof Library['callbackTypes'], callback: Callback): unknown {
    const registered = this.koffi.register(callback, this.koffi.pointer(this.callbackTypes[kind]));
    this.kept.push(registered);
    return registered;
  }

  private add(type: number, registered: unknown, [begin, end]: [number, number]): number {
    const handle = [0];
    this.check('uc_hook_add', this.uc, handle, type, registered, null, begin, end);
    return handle[0]!;
  }

  private check(name: string, ...args: unknown[]): void {
    const status = this.call(name, ...args);
    if (status !== Status.ok) throw new LibraryError(`${name}: ${this.describe(status)}`);
  }
}

const PROTOTYPES = [
  'unsigned int uc_version(_Out_ unsigned int *major, _Out_ unsigned int *minor)',
  'const char *uc_strerror(int status)',
  'int uc_open(int architecture, int mode, _Out_ void **uc)',
  'int uc_context_alloc(void *uc, _Out_ void **context)',
  'size_t uc_context_size(void *uc)',
  'int uc_context_save(void *uc, void *context)',
  'int uc_context_restore(void *uc, void *context)',
  'int uc_emu_start(void *uc, uint64_t begin, uint64_t until, uint64_t timeout, size_t count)',
  'int uc_emu_stop(void *uc)',
  'int uc_mem_map_ptr(void *uc, uint64_t address, size_t size, uint32_t protection, void *bytes)',
  'int uc_ctl(void *uc, int control, ...)',
  'int uc_mem_unmap(void *uc, uint64_t address, size_t size)',
  'int uc_reg_read(void *uc, int register, _Out_ void *value)',
  'int uc_reg_write(void *uc, int register, const void *value)',
  'int uc_hook_add(void *uc, _Out_ size_t *handle, int type, void *callback, void *user, uint64_t begin, uint64_t end)',
  'int uc_hook_del(void *uc, size_t handle)',
];

const nameIn = (prototype: string): string => /(\w+)\(/.exec(prototype)![1]!;
