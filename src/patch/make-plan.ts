/**
 * Decides, for one process, where every part of a patch goes and how calls reach it.
 *
 * In place when the new body fits into the old one. Otherwise the body gets new text, every direct call
 * that reaches is rewritten, and a jump at the old entry serves pointers and the calls that do not reach.
 */
import { hex, type Image } from '../elf/index.js';
import { BodyError, type Placed, type Reference } from '../isa/body.js';
import type { Target } from '../target/index.js';
import { align, alignmentOf, Area } from './area.js';
import { callSites } from './call-sites.js';
import { oldCounterpart, DATA_WORD, type Patch, type PatchProcedure } from './link.js';
import type { ForbiddenRange, PlacedProcedure, Plan, PlannedWrite, Reservation } from './plan.js';
import type { Data, Referent } from './program.js';
import { Refusal } from './refusal.js';
import { findRoom } from './room.js';

const READ = 4;
const WRITE = 2;
const EXECUTE = 1;
const PAGE = 4096;
const CODE_ALIGNMENT = 8;

/**
 * Plans a patch for a target. Nothing is changed.
 *
 * @throws Refusal when no plan can be made.
 */
export function makePlan(target: Pick<Target, 'image' | 'gaps'>, patch: Patch): Plan {
  return new Planner(target, patch).plan();
}

class Planner {
  private readonly image: Image;
  private readonly reservations: Reservation[] = [];
  private readonly writes: PlannedWrite[] = [];
  private readonly notes: string[] = [];
  private readonly forbidden: ForbiddenRange[] = [];
  private readonly placed: PlacedProcedure[] = [];
  /** Entry of the new body by address in the new program, and its offsets once placed. */
  private readonly entries = new Map<number, number>();
  private readonly offsets = new Map<number, Placed['offsets']>();
  private readonly dataAt = new Map<number, number>();

  constructor(
    private readonly target: Pick<Target, 'image' | 'gaps'>,
    private readonly patch: Patch,
  ) {
    this.image = patch.old.image;
  }

  plan(): Plan {
    const { start, size } = this.reserve();
    const { inPlace, moved, text } = this.choosePlaces(start, size);
    for (const procedure of inPlace) this.writeInPlace(procedure);
    for (const procedure of moved) this.writeMoved(procedure);
    for (const procedure of moved)
      if (procedure.old !== undefined) this.redirect(procedure, procedure.old.address);
    this.writeData();
    this.finishText(text);
    return {
      program: this.image.name,
      buildId: this.image.buildId,
      procedures: this.placed,
      expected: this.expectations(),
      forbidden: this.forbidden,
      reservations: this.reservations,
      writes: this.writes,
      calls: [],
      notes: this.notes,
    };
  }

  /** Finds room for everything at once, text first; what stays unused at the end of the text is not reserved. */
  private reserve(): { start: number; size: number } {
    const { data } = this.patch;
    const sizeOf = (list: typeof data): number =>
      align(
        list.reduce((sum, { data }) => sum + data.bytes.length + alignmentOf(data), 0),
        PAGE,
      );
    const constants = data.filter(({ data }) => !data.writable);
    const variables = data.filter(({ data }) => data.writable);
    const textSize = align(
      this.patch.procedures.reduce((sum, p) => sum + align(this.largest(p), CODE_ALIGNMENT), 0),
      PAGE,
    );
    const start = findRoom(
      this.target,
      textSize + sizeOf(constants) + sizeOf(variables),
      this.patch.old.isa.jumpReach,
    );
    const name = this.patch.new.image.name;
    this.placeData(constants, new Area(start + textSize, sizeOf(constants)), READ, `[ ${name} rodata ]`);
    this.placeData(
      variables,
      new Area(start + textSize + sizeOf(constants), sizeOf(variables)),
      READ | WRITE,
      `[ ${name} data ]`,
    );
    return { start, size: textSize };
  }

  private placeData(
    list: readonly { name: string; data: Data }[],
    area: Area,
    protection: number,
    name: string,
  ): void {
    for (const { data } of list)
      this.dataAt.set(data.address, area.take(data.bytes.length, alignmentOf(data)));
    if (list.length === 0) return;
    const why = protection === READ ? 'new strings, constants and tables' : 'new variables';
    this.reservations.push({ name, start: area.start, end: area.end, protection, why });
  }

  private finishText(text: Area): void {
    if (text.end === text.start) return;
    const why = 'bodies that do not fit where they were';
    const name = `[ ${this.patch.new.image.name} text ]`;
    this.reservations.unshift({ name, start: text.start, end: text.end, protection: READ | EXECUTE, why });
  }

  private largest(procedure: PatchProcedure): number {
    return this.patch.old.isa.largestSize(procedure.body);
  }

  /** In place whatever fits with everything else where it goes; whatever does not is moved, and all is tried again. */
  private choosePlaces(
    start: number,
    size: number,
  ): { inPlace: PatchProcedure[]; moved: PatchProcedure[]; text: Area } {
    const entering = this.patch.procedures.filter((p) => this.entersOthers(p));
    let inPlace = this.patch.procedures.filter(
      (p) => p.old !== undefined && p.new.size <= p.old.size && !entering.includes(p),
    );
    for (;;) {
      const text = new Area(start, size);
      // What jumps into the middle of another body comes after it, when that body's layout is known.
      const rest = this.patch.procedures.filter((p) => !inPlace.includes(p));
      const moved = [
        ...rest.filter((p) => !entering.includes(p)),
        ...rest.filter((p) => entering.includes(p)),
      ];
      for (const procedure of inPlace) this.entries.set(procedure.new.address, procedure.old!.address);
      for (const procedure of moved) {
        this.entries.set(procedure.new.address, text.take(this.largest(procedure), CODE_ALIGNMENT));
      }
      const fitting = inPlace.filter((p) => this.fitsInPlace(p));
      if (fitting.length === inPlace.length) return { inPlace, moved, text };
      inPlace = fitting;
    }
  }

  private entersOthers({ body }: PatchProcedure): boolean {
    return body.items.some(({ reference }) => {
      const referent = reference && this.patch.new.referent(reference);
      return referent?.kind === 'symbol' && referent.symbol.kind === 'procedure' && referent.offset !== 0;
    });
  }

  private fitsInPlace(procedure: PatchProcedure): boolean {
    try {
      return this.assemble(procedure, procedure.old!.address).bytes.length <= procedure.old!.size;
    } catch (error) {
      if (error instanceof BodyError) return false;
      throw error;
    }
  }

  private assemble({ body }: PatchProcedure, address: number): Placed {
    return this.patch.old.isa.place(body, {
      address,
      image: this.image,
      resolve: (reference) => this.resolve(reference),
    });
  }

  private put(procedure: PatchProcedure, address: number): Placed {
    try {
      const placed = this.assemble(procedure, address);
      this.offsets.set(procedure.new.address, placed.offsets);
      return placed;
    } catch (error) {
      if (error instanceof BodyError) throw new Refusal('out-of-reach', error.message);
      throw error;
    }
  }

  private writeInPlace(procedure: PatchProcedure): void {
    const { name, old } = procedure;
    const { address, size } = old!;
    const { bytes, offsets } = this.put(procedure, address);
    this.forbid(address, size, name);
    this.record(
      procedure,
      'in-place',
      address,
      bytes.length,
      offsets,
      `${bytes.length} bytes fit into ${size}`,
    );
    this.writes.push({
      phase: 'commit',
      address,
      before: this.oldBytes(address, bytes.length),
      after: bytes,
      code: true,
      why: `new body of ${name}, in place`,
    });
  }

  private writeMoved(procedure: PatchProcedure): void {
    const { name, old } = procedure;
    const address = this.entries.get(procedure.new.address)!;
    const { bytes, offsets } = this.put(procedure, address);
    const why = old === undefined ? 'new' : `${bytes.length} bytes do not fit into ${old.size}`;
    this.record(procedure, old === undefined ? 'new' : 'call-sites', address, bytes.length, offsets, why);
    this.writes.push({
      phase: 'prepare',
      address,
      before: new Uint8Array(bytes.length),
      after: bytes,
      code: true,
      why: old === undefined ? `new procedure ${name}` : `new body of ${name}`,
    });
  }

  private redirect({ name, old, new: successor }: PatchProcedure, oldEntry: number): void {
    const entry = this.entries.get(successor.address)!;
    this.forbid(oldEntry, old!.size, name);
    const jump = this.patch.old.isa.trampoline(oldEntry, entry);
    if (jump === undefined) {
      throw new Refusal(
        'out-of-reach',
        `no jump reaches ${hex(entry)} from the entry of ${name} at ${hex(oldEntry)}`,
      );
    }
    if (jump.bytes.length > old!.size) {
      throw new Refusal(
        'too-short-for-trampoline',
        `${name} has ${old!.size} bytes, a jump to ${hex(entry)} takes ${jump.bytes.length}: its callers cannot be sent there`,
      );
    }
    this.rewriteCalls(name, oldEntry, entry);
    this.writes.push({
      phase: 'commit',
      address: oldEntry,
      before: this.oldBytes(oldEntry, jump.bytes.length),
      after: jump.bytes,
      code: true,
      why: `trampoline at the old entry of ${name}, for pointers`,
    });
  }

  private rewriteCalls(name: string, oldEntry: number, entry: number): void {
    const replaced = new Set(this.patch.procedures.map((p) => p.old));
    for (const { caller, site } of callSites(this.patch.old).get(oldEntry) ?? []) {
      if (replaced.has(caller)) continue;
      const redirection = this.patch.old.isa.redirectCall(site, entry);
      const where = `${caller.name}+${hex(site.item.offset)}`;
      if (redirection === undefined) {
        this.notes.push(
          `the call of ${name} in ${where} is ${site.item.size} bytes long and cannot reach ${hex(entry)}: ` +
            'it goes through the trampoline',
        );
        continue;
      }
      for (const boundary of redirection.boundaries) {
        const end = site.address + site.item.size;
        this.forbidden.push({
          start: site.address,
          end,
          kind: 'sequence',
          entryCounts: false,
          name: `${where}, offset ${boundary}`,
        });
      }
      this.writes.push({
        phase: 'commit',
        address: site.address,
        before: this.oldBytes(site.address, redirection.bytes.length),
        after: redirection.bytes,
        code: true,
        why: `call of ${name} in ${where}`,
      });
    }
  }

  private writeData(): void {
    for (const { name, data } of this.patch.data) {
      const address = this.dataAt.get(data.address)!;
      const bytes = data.bytes.slice();
      const view = new DataView(bytes.buffer);
      for (const relocation of data.relocations) {
        const value = this.resolve({ role: 'address', symbol: relocation.symbol, addend: relocation.addend });
        const offset = relocation.address - data.address;
        if (offset + DATA_WORD > bytes.length)
          throw new Refusal('unknown-reference', `${name} ends inside an address`);
        view.setUint32(offset, value, !this.image.bigEndian);
      }
      this.writes.push({
        phase: 'prepare',
        address,
        before: new Uint8Array(bytes.length),
        after: bytes,
        code: false,
        why: name,
      });
    }
  }

  /**
   * S + A in the running program. A changed procedure keeps its old entry as its address; calls go straight
   * to the new body.
   */
  private resolve(reference: Reference): number {
    const referent = this.patch.new.referent(reference);
    if (referent.kind === 'absolute') return referent.value;
    if (referent.kind === 'unnamed') return this.dataAddress(referent.base) + referent.offset;
    const { symbol, offset } = referent;
    const old = oldCounterpart(this.patch.diff, symbol);
    const entry = this.entries.get(symbol.address);
    if (symbol.kind === 'procedure') {
      if (offset !== 0) return this.inside(referent);
      const direct = reference.role !== 'address';
      if (entry !== undefined && (direct || old === undefined)) return entry;
      if (old !== undefined) return old.address;
      throw new Refusal('unknown-reference', `${symbol.name} has no place in the patch`);
    }
    return old === undefined ? this.dataAddress(symbol.address) + offset : old.address + offset;
  }

  private inside({ symbol, offset }: Extract<Referent, { kind: 'symbol' }>): number {
    const placed = this.offsets.get(symbol.address)?.get(offset);
    const entry = this.entries.get(symbol.address);
    if (placed !== undefined && entry !== undefined) return entry + placed;
    throw new Refusal(
      'unknown-reference',
      `a reference into the middle of ${symbol.name} cannot be resolved`,
    );
  }

  private dataAddress(source: number): number {
    const alias = this.patch.aliases.get(source);
    if (alias !== undefined) return alias;
    const block = this.patch.data.find(
      ({ data }) => source >= data.address && source < data.address + Math.max(1, data.bytes.length),
    );
    if (block === undefined) {
      throw new Refusal('unknown-reference', `the data at ${hex(source)} is not in the patch`);
    }
    return this.dataAt.get(block.data.address)! + source - block.data.address;
  }

  private record(
    { name, old, new: successor }: PatchProcedure,
    strategy: PlacedProcedure['strategy'],
    start: number,
    size: number,
    offsets: Placed['offsets'],
    why: string,
  ): void {
    const pairs = [...offsets].map(([there, here]): [number, number] => [here, there]);
    this.placed.push({
      name,
      strategy,
      why,
      oldAddress: old?.address,
      oldSize: old?.size ?? 0,
      start,
      size,
      source: { address: successor.address, offsets: pairs },
    });
  }

  private forbid(start: number, size: number, name: string): void {
    this.forbidden.push({ start, end: start + size, kind: 'procedure', entryCounts: false, name });
  }

  private oldBytes(address: number, size: number): Uint8Array {
    return this.patch.old.data(address, address + size).bytes;
  }

  /** The whole of every replaced body, and every other byte that is written. */
  private expectations(): Plan['expected'] {
    const bodies = this.patch.procedures.flatMap(({ name, old }) =>
      old === undefined
        ? []
        : [{ address: old.address, bytes: this.oldBytes(old.address, old.size), why: `old body of ${name}` }],
    );
    const sites = this.writes.flatMap(({ phase, address, before, why }) =>
      phase === 'commit' &&
      before !== undefined &&
      !bodies.some((b) => address >= b.address && address < b.address + b.bytes.length)
        ? [{ address, bytes: before, why }]
        : [],
    );
    return [...bodies, ...sites];
  }
}
