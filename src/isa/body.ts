/**
 * A procedure's body taken apart, so that two builds of it can be compared and one can be put elsewhere.
 *
 * A body is a list of items: single instructions, or sequences the linker treats as one. An item says what
 * it does apart from addresses (`token`), and what it refers to, by symbol. Linker relaxation changes the
 * encoding of an item, never its token; items that relaxation may remove altogether have an empty token.
 */
import type { Image, SymbolEntry } from '../elf/index.js';

/** What an item needs the referenced address for. */
export type Role = 'call' | 'jump' | 'branch' | 'address';

export interface Reference {
  role: Role;
  /** S and A of the psABI; the addend counts from the symbol, whatever the relocation counted from. */
  symbol: SymbolEntry;
  addend: number;
}

/** S of references that the code itself makes, without a relocation: the addend is the address. */
export const ADDRESS_ZERO: SymbolEntry = {
  name: '',
  kind: 'section',
  binding: 'local',
  address: 0,
  size: 0,
  section: 0,
  defined: true,
  file: undefined,
};

export interface Item {
  /** From the start of the procedure, in bytes. */
  offset: number;
  size: number;
  token: string;
  /** A register through which an address is reached, where relaxation left it: compared when both have one. */
  base?: string;
  reference?: Reference;
  /** Offset in the same procedure to which the item jumps. */
  target?: number;
}

/** Why a body could not be taken apart or put elsewhere. */
export type BodyProblem =
  | 'undecodable-instruction'
  | 'unsupported-relocation'
  | 'missing-relocation'
  | 'out-of-reach'
  | 'no-temporary-register'
  | 'split-address';

export class BodyError extends Error {
  constructor(
    readonly problem: BodyProblem,
    message: string,
  ) {
    super(message);
    this.name = 'BodyError';
  }
}

export interface Body {
  symbol: SymbolEntry;
  items: readonly Item[];
}

/** What a body does to the registers that it need not preserve for its caller. */
export interface RegistersWritten {
  /** By names that mean nothing but themselves. */
  registers: ReadonlySet<string>;
  /** Those of them that only its jumps to other procedures take: it keeps nothing there. */
  inPassing: ReadonlySet<string>;
  /** Whether it calls or may do what cannot be told: then it may write every register. */
  unknownCalls: boolean;
}

/** Where a body goes, and where everything it refers to is. */
export interface Placement {
  address: number;
  /** The program that will run it. */
  image: Image;
  /** S + A in that program. */
  resolve(reference: Reference): number;
  /** Whether it leads to another part of the same procedure, which finds every register as it was. */
  isPart?(reference: Reference): boolean;
}

export interface Placed {
  bytes: Uint8Array;
  /** New offset of every item, by its old one; the end too. */
  offsets: ReadonlyMap<number, number>;
}
