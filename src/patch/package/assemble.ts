/** Writes down what was linked: bytes, relocations, and what each reference stands for in the running program. */
import { CallFrames, marksAbout, type SymbolEntry } from '../../elf/index.js';
import type { Reference } from '../../isa/body.js';
import type { Linked } from '../linked.js';
import type { Data, Program, Referent } from '../program.js';
import { Refusal, type Finding } from '../refusal.js';
import { moves, type SelectedObject } from '../selection.js';
import { sha256 } from './crypto.js';
import type {
  AddressPair,
  Contents,
  Destination,
  FrameRow,
  OldBytes,
  Package,
  PackageObject,
  PackageReference,
  PackageSymbol,
  ProgramIdentity,
  RunningThing,
} from './model.js';

/** @throws Refusal when a reference leads to something that neither travels nor is there. */
export function assemble(linked: Linked): Package {
  return new Assembler(linked).package();
}

class Assembler {
  private readonly symbols: PackageSymbol[] = [];
  private readonly symbolIndexes = new Map<SymbolEntry, number>();
  private readonly running: RunningThing[] = [];
  private readonly runningIndexes = new Map<string, number>();
  private readonly references = new Map<string, PackageReference>();
  private readonly procedureAt = new Map<number, number>();
  private readonly findings: Finding[] = [];
  private readonly moving: ReadonlySet<SymbolEntry>;
  private readonly old: Program;
  private readonly new: Program;

  constructor(private readonly linked: Linked) {
    ({ old: this.old, new: this.new } = linked.diff);
    this.moving = new Set(linked.objects.filter(moves).map((object) => object.new));
    for (const [index, { new: symbol }] of linked.procedures.entries()) {
      if (!this.procedureAt.has(symbol.address)) this.procedureAt.set(symbol.address, index);
    }
  }

  package(): Package {
    const { linked } = this;
    const image = this.new.image;
    const frames = CallFrames.read(image);
    for (const name of this.new.isa.linkerSymbols) {
      const symbol = image.symbols.find((s) => s.name === name && s.defined);
      if (symbol !== undefined) this.symbol(symbol);
    }
    const procedures = linked.procedures.map(({ old, new: symbol, body, why }) => {
      for (const { reference } of body.items) if (reference) this.note(reference);
      const { address, size, name, section } = symbol;
      for (const mark of marksAbout(image.symbols, section, address, address + size)) this.symbol(mark);
      const contents = this.contents(this.new.data(address, address + size));
      const rows = frames.rows(address, address + size);
      return {
        name,
        address,
        section,
        contents,
        ...(old && { replaces: this.oldBytes(old) }),
        why,
        frames: rows.map(({ address: at, rule }): FrameRow => ({ offset: at - address, rule })),
      };
    });
    const data = linked.data.map(({ name, data: block }) => {
      return { name, address: block.address, contents: this.data(block), writable: block.writable };
    });
    const objects = linked.objects.map((object) => this.object(object));
    const hooks = linked.hooks.map(({ when, symbol }) => {
      return { when, name: symbol.name, procedure: this.destination({ kind: 'symbol', symbol, offset: 0 }) };
    });
    if (this.findings.length > 0) throw new Refusal(this.findings);
    return {
      metadata: linked.metadata,
      architecture: { machine: image.machine, bits: image.bits, bigEndian: image.bigEndian },
      from: identity(this.old),
      to: identity(this.new),
      procedures,
      data,
      objects,
      hooks,
      symbols: this.symbols,
      running: this.running,
      references: [...this.references.values()],
      pairs: this.pairs(),
    };
  }

  private object(object: SelectedObject): PackageObject {
    const { decision, old: before, new: symbol, with: transformer } = object;
    const old = this.oldBytes(before);
    if (decision === 'keep') return { decision, old };
    if (moves(object)) {
      const place = this.destination({ kind: 'symbol', symbol, offset: 0 });
      const data = place.kind === 'data' ? place.index : 0;
      if (transformer === undefined) return { decision: 'move', old, data };
      const procedure = this.destination({ kind: 'symbol', symbol: transformer, offset: 0 });
      return { decision: 'transform', old, data, procedure };
    }
    const contents = this.data(this.new.data(symbol.address, symbol.address + symbol.size));
    if (decision === 'reset') return { decision, old, contents };
    return { decision: 'replace', old, contents, readers: this.readersOf(before) };
  }

  /** Procedures of the old program that refer to an object. */
  private readersOf(object: SymbolEntry): RunningThing[] {
    const refers = (references: readonly (Omit<Reference, 'role'> | undefined)[]): boolean =>
      references.some((reference) => {
        const referent = reference && this.old.referent(reference);
        return referent?.kind === 'symbol' && referent.symbol === object;
      });
    return this.old.procedures
      .filter(
        (procedure) =>
          refers(this.old.itemsIfUnderstood(procedure).map(({ reference }) => reference)) ||
          refers(this.old.relocationsOf(procedure)),
      )
      .map(({ name, address, size }) => ({ name, address, size }));
  }

  private oldBytes({ name, address, size }: SymbolEntry): OldBytes {
    return { name, address, size, sha256: sha256(this.old.data(address, address + size).bytes) };
  }

  private data(block: Data): Contents {
    for (const relocation of block.relocations) this.note(relocation);
    return this.contents(block);
  }

  private contents({ address, bytes, relocations }: Data): Contents {
    let stored = bytes.length;
    while (stored > 0 && bytes[stored - 1] === 0) stored--;
    return {
      bytes: bytes.slice(0, stored),
      size: bytes.length,
      relocations: relocations.map((relocation) => ({
        offset: relocation.address - address,
        type: relocation.type,
        symbol: this.symbol(relocation.symbol),
        addend: relocation.addend,
      })),
    };
  }

  private symbol(entry: SymbolEntry): number {
    let index = this.symbolIndexes.get(entry);
    if (index === undefined) {
      const { name, kind, binding, address, size, section, defined } = entry;
      index = this.symbols.push({ name, kind, binding, address, size, section, defined }) - 1;
      this.symbolIndexes.set(entry, index);
    }
    return index;
  }

  private note({ symbol, addend }: { symbol: SymbolEntry; addend: number }): void {
    const index = this.symbol(symbol);
    const key = `${index} ${addend}`;
    if (this.references.has(key)) return;
    const destination = this.destination(this.new.referent({ symbol, addend }));
    this.references.set(key, { symbol: index, addend, destination });
  }

  private destination(referent: Referent): Destination {
    if (referent.kind === 'absolute') return { kind: 'absolute', value: referent.value };
    if (referent.kind === 'unnamed') {
      const alias = this.linked.aliases.get(referent.base);
      if (alias === undefined) return this.inData(referent.base, referent.offset, 'a constant');
      return this.inRunning({ name: 'end of an object', address: alias, size: 0 }, referent.offset);
    }
    const { symbol, offset } = referent;
    const procedure = symbol.kind === 'procedure' ? this.procedureAt.get(symbol.address) : undefined;
    if (procedure !== undefined) return { kind: 'procedure', index: procedure, offset };
    const old = this.moving.has(symbol) ? undefined : this.linked.diff.correlation.predecessor(symbol);
    if (old === undefined) return this.inData(symbol.address, offset, symbol.name);
    if (symbol.kind === 'procedure' && offset !== 0) {
      return this.lost(`a reference into the middle of ${symbol.name} cannot be resolved`);
    }
    return this.inRunning(old, offset);
  }

  private inRunning({ name, address, size }: RunningThing, offset: number): Destination {
    const key = `${address} ${name}`;
    let index = this.runningIndexes.get(key);
    if (index === undefined) {
      index = this.running.push({ name, address, size }) - 1;
      this.runningIndexes.set(key, index);
    }
    return { kind: 'running', index, offset };
  }

  private inData(address: number, offset: number, name: string): Destination {
    const index = this.linked.data.findIndex(
      ({ data }) => address >= data.address && address < data.address + Math.max(1, data.bytes.length),
    );
    const block = this.linked.data[index];
    if (block === undefined) return this.lost(`${name} at 0x${address.toString(16)} is not in the package`);
    return { kind: 'data', index, offset: address - block.data.address + offset };
  }

  private lost(message: string): Destination {
    this.findings.push({ reason: 'unknown-reference', message });
    return { kind: 'absolute', value: 0 };
  }

  private pairs(): AddressPair[] {
    const pairs = new Map<number, AddressPair>();
    for (const symbol of this.new.image.symbols) {
      const named = symbol.kind === 'procedure' || symbol.kind === 'object' || symbol.kind === 'untyped';
      if (!named || symbol.section === 0 || this.moving.has(symbol)) continue;
      const old = this.linked.diff.correlation.predecessor(symbol);
      const known = pairs.get(symbol.address);
      if (old === undefined || (known !== undefined && known.size >= symbol.size)) continue;
      pairs.set(symbol.address, { new: symbol.address, old: old.address, size: symbol.size });
    }
    return [...pairs.values()].sort((a, b) => a.new - b.new);
  }
}

const identity = ({ image }: Program): ProgramIdentity => ({
  name: image.name,
  ...(image.buildId !== undefined && { buildId: image.buildId }),
});
