/**
 * A live update package: everything an update needs beside the running program itself.
 *
 * It is a slice of the new program. Bodies and data are as the linker left them, with the relocations the
 * linker kept; a table says what each reference stands for in the running program. Numbers in a package are
 * addresses of the new program unless they are said to be old ones.
 */
import type { Binding, FrameRule, SymbolKind } from '../../elf/index.js';

export const NATURES = ['fix', 'security', 'feature', 'tuning', 'cleanup'] as const;
/**
 * `activeness`: no activation of a replaced procedure may be left. `cross-version`: those that are left may
 * run to their end beside new code.
 */
export const CONSISTENCIES = ['activeness', 'cross-version'] as const;

/** What the author says of an update. The manifest brings it; nothing here changes what the update does. */
export interface Metadata {
  title: string;
  nature?: (typeof NATURES)[number];
  /** Components the update concerns, in the author's words. */
  affects?: readonly string[];
  /** Versions in the author's words. */
  from?: string;
  to?: string;
  /** `activeness` unless given. */
  consistency?: (typeof CONSISTENCIES)[number];
  /** Instructions the update may wait for the procedures to return. */
  deadline?: number;
}

/** One build of a program. */
export interface ProgramIdentity {
  /** Name of the file it was read from. */
  name: string;
  /** Hexadecimal digits; undefined when it was linked without one. */
  buildId?: string | undefined;
}

/** e_machine, class and byte order: which instruction set the package is for. */
export interface Architecture {
  machine: number;
  bits: 32 | 64;
  bigEndian: boolean;
}

/** A symbol that relocations of the package name. */
export interface PackageSymbol {
  name: string;
  kind: SymbolKind;
  binding: Binding;
  /** S in the new program. */
  address: number;
  size: number;
  /** Index of its section in the new program; 0 when it is in none. */
  section: number;
  defined: boolean;
}

/** A relocation as `--emit-relocs` left it; the offset counts from the start of the bytes it lies in. */
export interface PackageRelocation {
  offset: number;
  /** A number of the processor's psABI. */
  type: number;
  /** Index into `symbols`. */
  symbol: number;
  /** A. */
  addend: number;
}

/** Bytes of the new program and the relocations within. Zeros at the end are not stored: `size` counts them. */
export interface Contents {
  bytes: Uint8Array;
  size: number;
  relocations: readonly PackageRelocation[];
}

/** Bytes of the running program that must be what they were when the package was made. */
export interface OldBytes {
  name: string;
  /** Old address. */
  address: number;
  size: number;
  /** SHA-256 of these bytes in the old ELF file. */
  sha256: Uint8Array;
}

/** Where the caller's registers are, from an offset in a procedure to the next row. Without a rule: nobody knows. */
export interface FrameRow {
  offset: number;
  rule?: FrameRule | undefined;
}

export interface PackageProcedure {
  name: string;
  address: number;
  /** Index of its section in the new program. */
  section: number;
  contents: Contents;
  /** What it takes the place of; undefined when it is new. */
  replaces?: OldBytes | undefined;
  /** Why it is in the package. */
  why: string;
  frames: readonly FrameRow[];
}

/** A block of data that the running program does not have. */
export interface PackageData {
  /** Its name, or a description of unnamed data. */
  name: string;
  address: number;
  contents: Contents;
  writable: boolean;
}

/** Something of the running program that the package refers to. */
export interface RunningThing {
  name: string;
  /** Old address. */
  address: number;
  size: number;
}

/** What a reference of the new program stands for in the running one. `index` counts in the list of that kind. */
export type Destination =
  | { kind: 'absolute'; value: number }
  | { kind: 'running'; index: number; offset: number }
  | { kind: 'procedure'; index: number; offset: number }
  | { kind: 'data'; index: number; offset: number };

/** S + A, by its parts, and what it stands for. */
export interface PackageReference {
  symbol: number;
  addend: number;
  destination: Destination;
}

/**
 * An object of the running program whose value or layout changed, and what becomes of it.
 *
 * `keep`: nothing, its contents stay. `reset`: it gets its new initial value at commit. `replace`: the same
 * for a constant, which nobody may be reading meanwhile. `move`: a constant of another size travels, and what
 * refers to it is replaced. `transform`: so does a variable, and a procedure of the new program fills it from
 * the old one.
 */
export type PackageObject =
  | { decision: 'keep'; old: OldBytes }
  | { decision: 'reset'; old: OldBytes; contents: Contents }
  | { decision: 'replace'; old: OldBytes; contents: Contents; readers: readonly RunningThing[] }
  | { decision: 'move'; old: OldBytes; data: number }
  | { decision: 'transform'; old: OldBytes; data: number; procedure: Destination };

export const HOOK_MOMENTS = [
  'check',
  'pre',
  'transfer',
  'post',
  'rollback-check',
  'rollback-pre',
  'rollback-transfer',
  'rollback-post',
] as const;
/**
 * When a procedure is called, in the program itself: `check` whether now is a good moment, `pre` before anything is
 * written, `transfer` to carry state over, `post` when everything was written. The others are for the way back.
 */
export type HookMoment = (typeof HOOK_MOMENTS)[number];

export interface PackageHook {
  when: HookMoment;
  name: string;
  procedure: Destination;
}

/** A named thing that both programs have. */
export interface AddressPair {
  new: number;
  old: number;
  /** Bytes in the new program. */
  size: number;
}

export interface Package {
  metadata: Metadata;
  architecture: Architecture;
  from: ProgramIdentity;
  to: ProgramIdentity;
  procedures: readonly PackageProcedure[];
  /** Blocks that do not overlap. */
  data: readonly PackageData[];
  objects: readonly PackageObject[];
  hooks: readonly PackageHook[];
  symbols: readonly PackageSymbol[];
  running: readonly RunningThing[];
  references: readonly PackageReference[];
  /** By ascending new address: what an update of the new program needs to find its way back to the running one. */
  pairs: readonly AddressPair[];
}
