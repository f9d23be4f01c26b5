/**
 * Gathers what a patch consists of: the new bodies of changed procedures, and everything new they lead to.
 *
 * What the running program has keeps its place: a reference to it resolves there. What it does not have
 * travels: new procedures and objects, and all unnamed data (strings, constants, jump tables).
 */
import { hex, type SymbolEntry } from '../elf/index.js';
import type { Body, Reference } from '../isa/body.js';
import type { Diff } from './diff.js';
import type { Data, Program, Referent } from './program.js';
import { Refusal, type Finding } from './refusal.js';

export interface PatchProcedure {
  name: string;
  /** The procedure it replaces; undefined when it is new. */
  old: SymbolEntry | undefined;
  new: SymbolEntry;
  body: Body;
}

export interface PatchData {
  /** Its name, or a description of unnamed data. */
  name: string;
  data: Data;
}

export interface Patch {
  diff: Diff;
  old: Program;
  new: Program;
  procedures: PatchProcedure[];
  /** By address in the new program. */
  data: Map<number, PatchData>;
}

/** A word of travelling data that holds an address. */
export const DATA_WORD = 4;

/**
 * Makes a patch of a comparison.
 *
 * @throws Refusal with every finding, of the comparison and of the linking, when no patch can be made; with
 * reason `no-change` when there is nothing to do.
 */
export function link(diff: Diff): Patch {
  const linker = new Linker(diff);
  const changed = diff.verdicts.filter((v) => v.kind === 'procedure' && v.verdict === 'changed');
  for (const verdict of changed) linker.addProcedure(verdict.new!, verdict.old);
  const findings = [...diff.findings, ...linker.findings];
  if (findings.length > 0) throw new Refusal(findings);
  if (changed.length === 0) {
    throw new Refusal(
      'no-change',
      `no procedure of ${diff.old.image.name} changed in ${diff.new.image.name}`,
    );
  }
  return { diff, old: diff.old, new: diff.new, procedures: linker.procedures, data: linker.data };
}

class Linker {
  readonly procedures: PatchProcedure[] = [];
  readonly data = new Map<number, PatchData>();
  readonly findings: Finding[] = [];
  private readonly added = new Set<SymbolEntry>();

  constructor(private readonly diff: Diff) {}

  addProcedure(symbol: SymbolEntry, old: SymbolEntry | undefined): void {
    if (this.added.has(symbol)) return;
    this.added.add(symbol);
    const body = this.diff.new.body(symbol);
    this.procedures.push({ name: symbol.name, old, new: symbol, body });
    for (const { offset, reference } of body.items) {
      if (reference === undefined) continue;
      this.checkEnd(body, reference, offset);
      this.follow(this.diff.new.referent(reference), `${symbol.name}+${hex(offset)}`);
    }
  }

  private follow(referent: Referent, from: string): void {
    if (referent.kind === 'absolute') return;
    if (referent.kind === 'unnamed') {
      this.addData(
        referent.address,
        this.diff.new.unnamed(referent.address),
        `constant at ${hex(referent.address)}`,
      );
      return;
    }
    const { symbol } = referent;
    if (oldCounterpart(this.diff, symbol) !== undefined) return;
    if (symbol.kind === 'procedure') this.addProcedure(symbol, undefined);
    else if (symbol.kind === 'object') {
      this.addData(
        symbol.address,
        this.diff.new.data(symbol.address, symbol.address + symbol.size),
        symbol.name,
      );
    } else {
      const message = `${from} refers to ${symbol.name}, which ${this.diff.old.image.name} does not define`;
      this.findings.push({ reason: 'unknown-reference', message });
    }
  }

  private addData(address: number, data: Data, name: string): void {
    if (this.data.has(address)) return;
    this.data.set(address, { name, data });
    for (const relocation of data.relocations) {
      if (!this.diff.new.isa.isDataWord(relocation.type)) {
        const type = this.diff.new.isa.relocationName(relocation.type);
        this.findings.push({
          reason: 'unknown-reference',
          message: `${name} has a ${type} relocation at ${hex(relocation.address)}; only plain words are supported in new data`,
        });
        continue;
      }
      this.follow(this.diff.new.referent(relocation), name);
    }
  }

  /**
   * A reference that counts from a section may mean the end of one object or the start of the next. When the
   * procedure also uses the object that ends there, nobody can tell.
   */
  private checkEnd(body: Body, reference: Reference, offset: number): void {
    if (reference.symbol.kind !== 'section') return;
    const program = this.diff.new;
    const address = reference.symbol.address + reference.addend;
    const before = program.symbolAt(address - 1);
    if (before?.kind !== 'object' || before.address + before.size !== address) return;
    const used = body.items.some((item) => {
      const referent = item.reference && program.referent(item.reference);
      return referent?.kind === 'symbol' && referent.symbol === before;
    });
    if (!used) return;
    this.findings.push({
      reason: 'ambiguous-reference',
      message:
        `${body.symbol.name}+${hex(offset)} refers to ${hex(address)}, which is the end of ${before.name} and the ` +
        `start of what follows; declare ${before.name} without static, so that the reference names it`,
    });
  }
}

/** The symbol of the running program that `symbol` of the new program corresponds to. */
export function oldCounterpart({ old, new: successor }: Diff, symbol: SymbolEntry): SymbolEntry | undefined {
  if (symbol.kind === 'procedure') return old.procedures.get(successor.key(symbol));
  if (symbol.kind === 'object') return old.objects.get(successor.key(symbol));
  return old.image.symbols.find((s) => s.name === symbol.name && s.binding !== 'local' && s.defined);
}
