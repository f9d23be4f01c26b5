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
import { select, type Selection } from './select.js';

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
  /** Blocks of data that do not overlap. */
  data: PatchData[];
  /**
   * Addresses in the new program that may be read as the end of one thing or the start of the next, and the
   * one address in the old program that is both.
   */
  aliases: ReadonlyMap<number, number>;
}

const LARGEST_NEW_OBJECT = 16 << 20;

/** A word of travelling data that holds an address. */
export const DATA_WORD = 4;

/**
 * Makes a patch of a comparison.
 *
 * @throws Refusal with every finding, of the comparison and of the linking, when no patch can be made; with
 * reason `no-change` when there is nothing to do.
 */
export function link(diff: Diff, selection: Selection = select(diff)): Patch {
  const linker = new Linker(diff);
  for (const { old, new: successor } of selection.procedures) linker.addProcedure(successor, old);
  const findings = [...selection.findings, ...linker.findings];
  for (const { old, decision } of selection.objects) {
    if (decision === 'keep') continue;
    findings.push({ reason: 'data-changed', message: `${old.name} changed: only "keep" is possible so far` });
  }
  if (findings.length > 0) throw new Refusal(findings);
  if (selection.procedures.length === 0) {
    throw new Refusal(
      'no-change',
      `no procedure of ${diff.old.image.name} changed in ${diff.new.image.name}`,
    );
  }
  const { procedures, aliases } = linker;
  return { diff, old: diff.old, new: diff.new, procedures, data: linker.data(), aliases };
}

class Linker {
  readonly procedures: PatchProcedure[] = [];
  readonly aliases = new Map<number, number>();
  readonly findings: Finding[] = [];
  private readonly added = new Set<SymbolEntry>();
  private readonly named = new Map<SymbolEntry, PatchData>();
  /** Ends of unnamed pieces by their starts. */
  private readonly pieces = new Map<number, number>();

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
      if (this.aliases.has(referent.base) || this.pieces.has(referent.base)) return;
      const data = this.diff.new.unnamed(referent.base);
      this.pieces.set(referent.base, referent.base + data.bytes.length);
      this.followData(data, `the constant at ${hex(referent.base)}`);
      return;
    }
    const { symbol } = referent;
    if (oldCounterpart(this.diff, symbol) !== undefined) return;
    if (symbol.kind === 'procedure') this.addProcedure(symbol, undefined);
    else if (symbol.kind === 'object') {
      if (this.named.has(symbol)) return;
      if (symbol.size > LARGEST_NEW_OBJECT) {
        const message = `${symbol.name} has ${symbol.size} bytes; a patch brings objects of up to ${LARGEST_NEW_OBJECT}`;
        this.findings.push({ reason: 'no-room', message });
        return;
      }
      const data = this.diff.new.data(symbol.address, symbol.address + symbol.size);
      this.named.set(symbol, { name: symbol.name, data });
      this.followData(data, symbol.name);
    } else {
      const message = `${from} refers to ${symbol.name}, which ${this.diff.old.image.name} does not define`;
      this.findings.push({ reason: 'unknown-reference', message });
    }
  }

  private followData(data: Data, name: string): void {
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

  /** Named objects, and unnamed pieces; pieces that touch stay together, as code may run from one into the next. */
  data(): PatchData[] {
    const blocks: { start: number; end: number }[] = [];
    for (const [start, end] of [...this.pieces].sort(([a], [b]) => a - b)) {
      const last = blocks.at(-1);
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
      else blocks.push({ start, end });
    }
    const unnamed = blocks.map(({ start, end }) => ({
      name: `constant at ${hex(start)}`,
      data: this.diff.new.data(start, end),
    }));
    return [...this.named.values(), ...unnamed];
  }

  /**
   * A reference that counts from a section may mean the end of one local object or the start of what follows.
   * It is only safe when both are at one place in the running program too.
   */
  private checkEnd(body: Body, reference: Reference, offset: number): void {
    if (reference.symbol.kind !== 'section') return;
    const program = this.diff.new;
    const address = reference.symbol.address + reference.addend;
    const before = program.symbolAt(address - 1);
    if (before?.kind !== 'object' || before.binding !== 'local') return;
    if (before.address + before.size !== address || this.aliases.has(address)) return;
    const referent = program.referent(reference);
    const constant = program.referent({ symbol: before, addend: 0 });
    if (constant.kind === 'unnamed' && referent.kind === 'unnamed') {
      // Both travel, and stay together: either reading finds its place.
      this.follow(constant, before.name);
      return;
    }
    const old = oldCounterpart(this.diff, before);
    const end = old && old.address + old.size;
    if (referent.kind === 'symbol' && oldCounterpart(this.diff, referent.symbol)?.address === end) return;
    if (referent.kind === 'unnamed' && end !== undefined && this.sameConstant(address, end)) {
      this.aliases.set(address, end);
      return;
    }
    this.findings.push({
      reason: 'ambiguous-reference',
      message:
        `${body.symbol.name}+${hex(offset)} refers to ${hex(address)}, which is the end of ${before.name} and the ` +
        `start of what follows; declare ${before.name} without static in both programs`,
    });
  }

  private sameConstant(address: number, oldAddress: number): boolean {
    const { bytes, relocations, writable } = this.diff.new.unnamed(address);
    const old = this.diff.old.data(oldAddress, oldAddress + bytes.length);
    if (writable || old.writable || relocations.length + old.relocations.length > 0) return false;
    return Buffer.compare(bytes, old.bytes) === 0;
  }
}

/** The symbol of the running program that `symbol` of the new program corresponds to. */
export function oldCounterpart({ correlation }: Diff, symbol: SymbolEntry): SymbolEntry | undefined {
  return correlation.predecessor(symbol);
}
