/** Machine code of a made-up program: procedures of words, what they call, and where their frames are. */

/** A procedure of a program that is made up. */
export interface MadeProcedure {
  name: string;
  words: readonly number[];
  /** Direct calls and jumps, by the index of the word that makes them. */
  calls: readonly { index: number; callee: string }[];
  frame: Frame;
}

/**
 * How a caller's frame is found. `held`: from the second instruction on the procedure has a frame of so many bytes with
 * the return address in its last word, until its last instruction. `window`: a register window, from then on.
 */
export type Frame =
  { kind: 'none' } | { kind: 'outermost' } | { kind: 'held'; size: number } | { kind: 'window' };

/** What a program is made up of, in one instruction set. */
export interface Maker {
  /** e_machine, and the class. */
  machine: number;
  bits: 32 | 64;
  bigEndian: boolean;
  /** Number of the relocation of a direct call, and the word of one over a distance in bytes. */
  callRelocation: number;
  call(word: number, distance: number): number;
  /** Numbers of registers in frame information. */
  stackPointer: number;
  returnRegister: number;
  /** Calls `callee` with `argument` and exits with 0. */
  start(callee: string, argument: number): MadeProcedure;
  /** Calls itself with one less until that is zero, and then `callee`. */
  descend(name: string, callee: string): MadeProcedure;
  /** Calls each, one after the other. */
  caller(name: string, callees: readonly string[]): MadeProcedure;
  /** A leaf of so many instructions before its return. The version makes the bodies of two builds differ. */
  leaf(name: string, instructions: number, version: number): MadeProcedure;
}
