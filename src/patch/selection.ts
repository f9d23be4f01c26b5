/** What a patch is made of, and what its author decides. */
import type { SymbolEntry } from '../elf/index.js';
import type { Finding } from './refusal.js';

/**
 * What happens to an object whose new contents, size or layout differ: the running contents stay; the new
 * initial value is written over them; or a procedure of the new program makes the new ones of them.
 */
export type DataDecision = 'keep' | 'reset' | { transform: string };

export interface SelectOptions {
  /** Names of the changed procedures to replace; all of them otherwise. */
  only?: readonly string[];
  /** By name of the object. */
  data?: Readonly<Record<string, DataDecision>>;
  /** Names of procedures of the new program that travel although nothing may refer to them: hooks. */
  roots?: readonly string[];
}

export interface SelectedProcedure {
  /** What it replaces; undefined when it is new. */
  old: SymbolEntry | undefined;
  new: SymbolEntry;
  why: string;
}

export interface SelectedObject {
  old: SymbolEntry;
  new: SymbolEntry;
  /** `replace`: the contents of read-only memory, in place when the size is the same. */
  decision: 'keep' | 'reset' | 'transform' | 'replace';
  /** The procedure that transforms. */
  with?: SymbolEntry;
}

export interface Selection {
  procedures: SelectedProcedure[];
  objects: SelectedObject[];
  /** What forbids a patch. */
  findings: Finding[];
  /** What the author should know. */
  notes: string[];
}

/** Whether an object gets another place. */
export const moves = ({ old, new: successor, decision }: SelectedObject): boolean =>
  decision === 'transform' || (decision === 'replace' && old.size !== successor.size);
