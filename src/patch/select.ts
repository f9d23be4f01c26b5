/** What of a comparison goes into a package. */
import type { SymbolEntry } from '../elf/index.js';
import type { Diff } from './diff.js';
import type { Finding } from './refusal.js';

/** What becomes of an object whose value or layout changed. */
export type DataDecision = 'keep' | 'reset' | { transform: string };

export interface SelectedProcedure {
  old: SymbolEntry | undefined;
  new: SymbolEntry;
  why: string;
}

export interface SelectedObject {
  old: SymbolEntry;
  new: SymbolEntry;
  decision: 'keep' | 'reset' | 'transform' | 'replace';
  /** The procedure of the new program that transforms it. */
  with?: SymbolEntry;
}

export interface Selection {
  /** Procedures that are replaced, and roots. */
  procedures: SelectedProcedure[];
  objects: SelectedObject[];
  findings: Finding[];
}

/** All changed procedures. */
export function select(diff: Diff): Selection {
  const changed = diff.verdicts.filter((v) => v.kind === 'procedure' && v.verdict === 'changed');
  const procedures = changed.map((v) => ({ old: v.old, new: v.new!, why: v.reason ?? 'changed' }));
  return { procedures, objects: [], findings: diff.findings };
}
