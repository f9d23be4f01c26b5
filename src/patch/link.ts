/**
 * Gathers what a package consists of: the selected bodies, and everything new they lead to.
 *
 * What the running program has keeps its place: a reference to it resolves there. What it does not have
 * travels: new procedures and objects, and all unnamed data (strings, constants, jump tables).
 */
import { hex, type SymbolEntry } from '../elf/index.js';
import { BodyError, type Body, type Reference } from '../isa/body.js';
import type { AddressRange } from '../isa/observer.js';
import { clobbersAcrossVersions } from './clobbers.js';
import type { Diff } from './diff.js';
import { assemble } from './package/assemble.js';
import type { HookMoment, Metadata, Package } from './package/model.js';
import type { Linked, LinkedData, LinkedProcedure } from './linked.js';
import { hasNameless, isNameless } from './nameless.js';
import type { Data, Program, Referent } from './program.js';
import { Refusal, type Finding } from './refusal.js';
import { select } from './select.js';
import { moves, type SelectedObject, type Selection } from './selection.js';

const LARGEST_NEW_OBJECT = 16 << 20;

export interface LinkOptions {
  /** Without: a title made of the two names. */
  metadata?: Metadata;
  /** Procedures of the new program, by name, that are called during the update. */
  hooks?: Partial<Record<HookMoment, string>>;
}

/**
 * Makes a package of what was selected from a comparison. Pure: the same inputs give the same package.
 *
 * @throws Refusal with every finding, of the selection and of the linking, when none can be made; with reason
 * `no-change` when there is nothing to do.
 *
 * @example
 * const comparison = diff(oldProgram, newProgram);
 * const made = link(comparison, select(comparison), { metadata: { title: 'Interest in cents', nature: 'fix' } });
 */
export function link(diff: Diff, selection: Selection = select(diff), options: LinkOptions = {}): Package {
  const { image } = diff.old;
  if (image.relocatable) {
    const advice = 'it has no addresses; name the running program that was linked from it (--program FILE)';
    throw new Refusal('not-linked', `${image.name} is a relocatable object: ${advice}`);
  }
  return assemble(gather(diff, selection, options));
}

/**
 * What a package would consist of; of unlinked objects too.
 *
 * @throws Refusal as `link` does, but for what only addresses tell.
 */
export function gather(diff: Diff, selection: Selection, { metadata, hooks = {} }: LinkOptions = {}): Linked {
  const linker = new Linker(diff, selection);
  for (const { old, new: symbol, why } of selection.procedures) linker.addProcedure(symbol, old, why);
  for (const object of selection.objects) linker.addObject(object);
  for (const [when, name] of Object.entries(hooks)) linker.addHook(when as HookMoment, name);
  const mixed =
    metadata?.consistency === 'cross-version' ? clobbersAcrossVersions(diff, selection.procedures) : [];
  const findings = [...selection.findings, ...linker.findings, ...mixed];
  if (findings.length > 0) throw new Refusal(findings);
  const { from, to } = { from: diff.old.image.name, to: diff.new.image.name };
  const written = selection.objects.filter(({ decision }) => decision !== 'keep');
  if (linker.procedures.length + written.length === 0) {
    throw new Refusal('no-change', `no procedure of ${from} changed in ${to}`);
  }
  const { procedures, aliases, hooks: found } = linker;
  const title = `${from} becomes ${to}`;
  return {
    diff,
    procedures,
    data: linker.data(),
    objects: selection.objects,
    hooks: found,
    aliases,
    metadata: metadata ?? { title },
  };
}

class Linker {
  readonly procedures: LinkedProcedure[] = [];
  readonly aliases = new Map<number, number>();
  readonly findings: Finding[] = [];
  readonly hooks: { when: HookMoment; symbol: SymbolEntry }[] = [];
  private readonly moving: ReadonlySet<SymbolEntry>;
  private readonly named = new Set<SymbolEntry>();
  /** Ends of unnamed pieces by their starts. */
  private readonly pieces = new Map<number, number>();
  private readonly program: Program;

  constructor(
    private readonly diff: Diff,
    { objects }: Selection,
  ) {
    this.program = diff.new;
    this.moving = new Set(objects.filter(moves).map((object) => object.new));
  }

  addProcedure(symbol: SymbolEntry, old: SymbolEntry | undefined, why: string): void {
    const same = (p: LinkedProcedure): boolean => old === undefined || p.old?.address === old.address;
    if (this.procedures.some((p) => p.new.address === symbol.address && same(p))) return;
    const body = this.bodyOf(symbol);
    if (body === undefined) return;
    this.procedures.push({ old, new: symbol, body, why });
    for (const { offset, reference } of body.items) {
      if (reference === undefined) continue;
      this.checkEnd(body, reference, offset);
      const referent = this.program.referent(reference);
      if (reference.role === 'call' && referent.kind === 'unnamed') {
        this.refuseNameless(`${symbol.name}+${hex(offset)}`, referent.base, 'a procedure');
      } else this.follow(referent, `${symbol.name}+${hex(offset)}`);
    }
  }

  addObject(object: SelectedObject): void {
    const { decision, new: symbol, with: transformer } = object;
    if (moves(object)) this.follow({ kind: 'symbol', symbol, offset: 0 }, symbol.name);
    else if (decision !== 'keep')
      this.followData(this.program.data(symbol.address, symbol.address + symbol.size), symbol.name);
    if (transformer !== undefined) {
      this.follow({ kind: 'symbol', symbol: transformer, offset: 0 }, `the transformation of ${symbol.name}`);
    }
  }

  addHook(when: HookMoment, name: string): void {
    const found = this.program.procedures.filter((procedure) => procedure.name === name);
    const [symbol] = found;
    if (symbol === undefined || found.length > 1) {
      const which = symbol === undefined ? 'is no procedure' : 'is the name of several procedures';
      const message = `the ${when} hook ${name} ${which} of ${this.program.image.name}`;
      this.findings.push({ reason: 'unknown-symbol', message });
      return;
    }
    this.hooks.push({ when, symbol });
    this.follow({ kind: 'symbol', symbol, offset: 0 }, `the ${when} hook`);
  }

  private bodyOf(symbol: SymbolEntry): Body | undefined {
    try {
      return this.program.body(symbol);
    } catch (error) {
      if (!(error instanceof BodyError)) throw error;
      this.findings.push({ reason: 'body-not-understood', message: error.message });
      return undefined;
    }
  }

  private follow(referent: Referent, from: string): void {
    if (referent.kind === 'absolute') return;
    if (referent.kind === 'unnamed') {
      if (this.aliases.has(referent.base) || this.pieces.has(referent.base)) return;
      if (isNameless(this.program, referent.base)) {
        this.refuseNameless(from, referent.base, 'a variable');
        return;
      }
      const data = this.program.unnamed(referent.base);
      this.pieces.set(referent.base, referent.base + data.bytes.length);
      this.followData(data, `the constant at ${hex(referent.base)}`);
      return;
    }
    const { symbol } = referent;
    if (!symbol.defined && this.program.image.relocatable) return;
    if (!this.moving.has(symbol) && this.diff.correlation.predecessor(symbol) !== undefined) return;
    if (symbol.kind === 'procedure') this.addProcedure(symbol, undefined, `new: ${from} refers to it`);
    else if (symbol.kind === 'object') this.addNamed(symbol);
    else if (symbol.kind === 'thread-local') this.refuseThreadLocal(symbol);
    else {
      const message = `${from} refers to ${symbol.name}, which ${this.diff.old.image.name} does not define`;
      this.findings.push({ reason: 'unknown-reference', message });
    }
  }

  /** A copy of it would not be what the running program has. */
  private refuseNameless(from: string, address: number, what: string): void {
    if (this.pieces.has(address)) return;
    this.pieces.set(address, address);
    const [before, after] = [this.diff.old.image.name, this.program.image.name];
    const message =
      `${from} refers to ${what} at ${hex(address)} that no symbol of ${after} names: nothing tells which of ` +
      `${before} it is; leave it its local symbols (no strip -x, no ld -x)`;
    this.findings.push({ reason: 'no-symbols', message });
  }

  private refuseThreadLocal({ name }: SymbolEntry): void {
    const message = `${name} is thread-local and new: the threads of the running program have no room for it; do without __thread`;
    if (!this.findings.some((finding) => finding.message === message)) {
      this.findings.push({ reason: 'unknown-reference', message });
    }
  }

  private addNamed(symbol: SymbolEntry): void {
    if (this.named.has(symbol)) return;
    if (symbol.size > LARGEST_NEW_OBJECT) {
      const message = `${symbol.name} has ${symbol.size} bytes; a patch brings objects of up to ${LARGEST_NEW_OBJECT}`;
      this.findings.push({ reason: 'no-room', message });
      return;
    }
    if (symbol.binding === 'local' && this.program.isWritable(symbol) && hasNameless(this.diff.old)) {
      const { name } = this.diff.old.image;
      const message = `${symbol.name} may be one of the variables of ${name} that no symbol names`;
      const advice = `make it from a ${name} that has its local symbols (no strip -x, no ld -x)`;
      this.findings.push({ reason: 'no-symbols', message: `${message}; ${advice}` });
    }
    this.named.add(symbol);
    this.followData(this.program.data(symbol.address, symbol.address + symbol.size), symbol.name);
  }

  private followData(data: Data, name: string): void {
    for (const relocation of data.relocations) {
      if (!this.program.isa.isDataWord(relocation.type)) {
        const type = this.program.isa.relocationName(relocation.type);
        this.findings.push({
          reason: 'unknown-reference',
          message: `${name} has a ${type} relocation at ${hex(relocation.address)}; only plain words are supported in new data`,
        });
        continue;
      }
      this.follow(this.program.referent(relocation), name);
    }
  }

  /** Named objects, and unnamed pieces; pieces that touch stay together, as code may run from one into the next. */
  data(): LinkedData[] {
    const objects = [...this.named].map(({ address, size }) => ({ start: address, end: address + size }));
    const pieces = [...this.pieces].map(([start, end]) => ({ start, end }));
    const nameAt = (start: number): string =>
      [...this.named].find(({ address }) => address === start)?.name ?? `constant at ${hex(start)}`;
    // Objects that merely touch are apart; one object may have two names.
    const blocks = [
      ...join(objects, (start, end) => start < end),
      ...join(pieces, (start, end) => start <= end),
    ];
    return blocks.map(({ start, end }) => ({ name: nameAt(start), data: this.program.data(start, end) }));
  }

  /**
   * A reference that counts from a section may mean the end of one local object or the start of what follows.
   * It is only safe when both are at one place in the running program too.
   */
  private checkEnd(body: Body, reference: Reference, offset: number): void {
    if (reference.symbol.kind !== 'section') return;
    const { program } = this;
    const address = reference.symbol.address + reference.addend;
    const before = program.symbolAt(address - 1);
    if (before?.kind !== 'object' || before.binding !== 'local') return;
    if (before.address + before.size !== address || this.aliases.has(address)) return;
    const referent = program.referent(reference);
    if (referent.kind === 'symbol' && referent.symbol === before) return;
    const constant = program.referent({ symbol: before, addend: 0 });
    if (constant.kind === 'unnamed' && referent.kind === 'unnamed') {
      // Both travel, and stay together: either reading finds its place.
      this.follow(constant, before.name);
      return;
    }
    const { correlation } = this.diff;
    const old = correlation.predecessor(before);
    const end = old && old.address + old.size;
    if (referent.kind === 'symbol' && correlation.predecessor(referent.symbol)?.address === end) return;
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
    const { bytes, relocations, writable } = this.program.unnamed(address);
    const old = this.diff.old.data(oldAddress, oldAddress + bytes.length);
    if (writable || old.writable || relocations.length + old.relocations.length > 0) return false;
    return Buffer.compare(bytes, old.bytes) === 0;
  }
}

/** Ascending ranges, those joined of which `belongs` says so, given the start of one and the end before it. */
function join(
  ranges: readonly AddressRange[],
  belongs: (start: number, end: number) => boolean,
): AddressRange[] {
  const joined: AddressRange[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = joined.at(-1);
    if (last !== undefined && belongs(start, last.end)) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
