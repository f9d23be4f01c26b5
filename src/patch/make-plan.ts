/**
 * Decides, for one process, where every part of a patch goes and how calls reach it.
 *
 * In place when the new body fits into the old one. Otherwise the body gets new text, and calls are sent there in
 * one of the ways of `redirection.ts`.
 */
import { hex } from '../elf/index.js';
import { BodyError, type Placed, type Reference } from '../isa/body.js';
import { isaOf } from '../isa/index.js';
import type { Target } from '../target/index.js';
import { align, alignmentOf, Area } from './area.js';
import { familyOf } from './compiler-names.js';
import { sha256 } from './package/crypto.js';
import type { Destination, OldBytes } from './package/model.js';
import type { Patch, PatchContents, PatchData, PatchProcedure } from './patch.js';
import type {
  ForbiddenRange,
  PlacedProcedure,
  Plan,
  PlannedCall,
  PlannedWrite,
  Redirect,
  Reservation,
} from './plan.js';
import type { Program } from './program.js';
import { redirect } from './redirection.js';
import { Refusal } from './refusal.js';
import { findFarRoom, findRoom } from './room.js';
import { Running, type RunningBody } from './running.js';

const READ = 4;
const WRITE = 2;
const EXECUTE = 1;
const PAGE = 4096;
const CODE_ALIGNMENT = 8;
/** A word of data that holds an address. */
const DATA_WORD = 4;

export interface PlanOptions {
  /** How calls reach the new bodies: of all procedures, or of those named. Chosen for each otherwise. */
  redirect?: Redirect;
  redirectOf?: Readonly<Record<string, Redirect>>;
  /** `far`: new code goes where no single jump reaches; for trying what is rarely needed. */
  place?: 'near' | 'far';
}

/**
 * Plans a patch for a target. Nothing is changed. Who calls what is read from the program that runs.
 *
 * @param running what runs; the program the target was started from, unless it was updated.
 * @throws Refusal when no plan can be made, or the package was made for another program.
 */
export function makePlan(
  target: Pick<Target, 'image' | 'gaps'>,
  patch: Patch,
  options: PlanOptions = {},
  running: Running = Running.of(target.image),
): Plan {
  return new Planner(target, patch, options, running).plan();
}

class Planner {
  private readonly program: Program;
  private readonly reservations: Reservation[] = [];
  private readonly writes: PlannedWrite[] = [];
  private readonly notes: string[] = [];
  private readonly forbidden: ForbiddenRange[] = [];
  private readonly placed: PlacedProcedure[] = [];
  /** The code that each procedure replaces, where it runs. */
  private readonly olds = new Map<PatchProcedure, RunningBody>();
  /** Entry of the new body, and its offsets once placed. */
  private readonly entries = new Map<PatchProcedure, number>();
  private readonly offsets = new Map<PatchProcedure, Placed['offsets']>();
  private readonly dataAt = new Map<PatchData, number>();

  constructor(
    private readonly target: Pick<Target, 'image' | 'gaps'>,
    private readonly patch: Patch,
    private readonly options: PlanOptions,
    private readonly running: Running,
  ) {
    this.program = running.program;
    for (const procedure of patch.procedures) {
      const { old } = procedure;
      if (old !== undefined) this.olds.set(procedure, running.body(old.address, old.size, old.name));
    }
  }

  plan(): Plan {
    this.checkProgram();
    const { start, size } = this.reserve();
    const { inPlace, moved, text } = this.choosePlaces(start, size);
    for (const procedure of inPlace) this.writeInPlace(procedure);
    for (const procedure of moved) this.writeMoved(procedure);
    for (const procedure of moved) this.redirect(procedure);
    this.writeData();
    this.overwrite();
    this.finishText(text);
    const { from } = this.patch.package;
    return {
      program: from.name,
      buildId: from.buildId,
      procedures: this.placed,
      data: [...this.dataAt].map(([{ address, bytes }, place]) => ({
        source: address,
        start: place,
        size: bytes.length,
      })),
      expected: this.expectations(),
      forbidden: this.forbidden,
      reservations: this.reservations,
      writes: this.writes,
      calls: this.calls(),
      notes: this.notes,
    };
  }

  /** The package must be for this build: its build id, and the bytes it replaces. */
  private checkProgram(): void {
    const { image } = this.program;
    const { from, procedures, objects, architecture } = this.patch.package;
    const fit = isaOf(image) === this.patch.isa && image.bigEndian === architecture.bigEndian;
    if (!fit) {
      const message = `${image.name} is for ${isaOf(image).title}, the package for ${this.patch.isa.title}`;
      throw new Refusal('different-isa', `${message}: it was made for another program`);
    }
    const { version } = this.running;
    if (version.buildId !== from.buildId) {
      const detail = `it has build id ${version.buildId ?? 'none'}, the patch was made for ${from.buildId ?? 'none'}`;
      throw new Refusal('not-the-same-program', `${version.name} is not ${from.name}: ${detail}`);
    }
    // Of a version that came by updates, memory holds what these have written; its file is nowhere.
    if (!this.running.isOriginal) return;
    const replaced = procedures.flatMap(({ replaces }) => replaces ?? []);
    for (const old of [...replaced, ...objects.map((object) => object.old)]) this.checkOldBytes(old);
  }

  private checkOldBytes({ name, address, size, sha256: expected }: OldBytes): void {
    const found = sha256(this.program.data(address, address + size).bytes);
    if (Buffer.compare(found, expected) === 0) return;
    throw new Refusal(
      'unexpected-bytes',
      `${name} at ${hex(address)} (${size} bytes) is not in ${this.program.image.name} what it is in ` +
        `${this.patch.package.from.name}, for which the package was made`,
    );
  }

  /** Finds room for everything at once, text first; what stays unused at the end of the text is not reserved. */
  private reserve(): { start: number; size: number } {
    const { data } = this.patch;
    const sizeOf = (list: readonly PatchData[]): number =>
      align(
        list.reduce((sum, block) => sum + block.bytes.length + alignmentOf(block), 0),
        PAGE,
      );
    const constants = data.filter(({ writable }) => !writable);
    const variables = data.filter(({ writable }) => writable);
    const textSize = align(
      this.patch.procedures.reduce((sum, p) => sum + align(this.largest(p), CODE_ALIGNMENT), 0),
      PAGE,
    );
    const whole = textSize + sizeOf(constants) + sizeOf(variables);
    const start =
      this.options.place === 'far'
        ? findFarRoom(this.target, whole, this.patch.isa.jumpReach)
        : findRoom(this.target, whole, this.patch.isa.jumpReach);
    const name = this.patch.package.to.name;
    this.placeData(constants, new Area(start + textSize, sizeOf(constants)), READ, `[ ${name} rodata ]`);
    this.placeData(
      variables,
      new Area(start + textSize + sizeOf(constants), sizeOf(variables)),
      READ | WRITE,
      `[ ${name} data ]`,
    );
    return { start, size: textSize };
  }

  private placeData(list: readonly PatchData[], area: Area, protection: number, name: string): void {
    for (const block of list) this.dataAt.set(block, area.take(block.bytes.length, alignmentOf(block)));
    if (list.length === 0) return;
    const why = protection === READ ? 'new strings, constants and tables' : 'new variables';
    this.reservations.push({ name, start: area.start, end: area.end, protection, why });
  }

  private finishText(text: Area): void {
    if (text.end === text.start) return;
    const why = 'bodies that do not fit where they were';
    const name = `[ ${this.patch.package.to.name} text ]`;
    this.reservations.unshift({ name, start: text.start, end: text.end, protection: READ | EXECUTE, why });
  }

  private largest(procedure: PatchProcedure): number {
    return this.patch.isa.largestSize(procedure.body);
  }

  /** In place whatever fits with everything else where it goes; whatever does not is moved, and all is tried again. */
  private choosePlaces(
    start: number,
    size: number,
  ): { inPlace: PatchProcedure[]; moved: PatchProcedure[]; text: Area } {
    const entering = this.patch.procedures.filter((p) => this.entersOthers(p));
    let inPlace = this.patch.procedures.filter(
      (p) => p.old !== undefined && this.mayStay(p) && !entering.includes(p),
    );
    for (;;) {
      const text = new Area(start, size);
      // What jumps into the middle of another body comes after it, when that body's layout is known.
      const rest = this.patch.procedures.filter((p) => !inPlace.includes(p));
      const moved = [
        ...rest.filter((p) => !entering.includes(p)),
        ...rest.filter((p) => entering.includes(p)),
      ];
      for (const procedure of inPlace) this.entries.set(procedure, this.olds.get(procedure)!.start);
      for (const procedure of moved) {
        this.entries.set(procedure, text.take(this.largest(procedure), CODE_ALIGNMENT));
      }
      const fitting = inPlace.filter((p) => this.fitsInPlace(p));
      if (fitting.length === inPlace.length) {
        this.refuseMoved(moved);
        return { inPlace, moved, text };
      }
      inPlace = fitting;
    }
  }

  /** What was asked for; undefined when it is to be chosen. */
  private wanted({ name }: PatchProcedure): Redirect | undefined {
    return this.options.redirectOf?.[name] ?? this.options.redirect;
  }

  private mayStay(procedure: PatchProcedure): boolean {
    const wanted = this.wanted(procedure);
    return procedure.size <= this.olds.get(procedure)!.capacity && (wanted ?? 'in-place') === 'in-place';
  }

  private refuseMoved(moved: readonly PatchProcedure[]): void {
    const misfit = moved.find((p) => p.old !== undefined && this.wanted(p) === 'in-place');
    if (misfit === undefined) return;
    const { capacity } = this.olds.get(misfit)!;
    const why =
      misfit.size > capacity
        ? `its ${misfit.size} bytes do not fit into ${capacity}`
        : `at its old place it does not fit into ${capacity} bytes or does not reach what it refers to`;
    throw new Refusal('redirection-impossible', `${misfit.name} cannot be replaced in place: ${why}`);
  }

  private entersOthers({ body }: PatchProcedure): boolean {
    return body.items.some(({ reference }) => {
      const destination = reference && this.patch.destination(reference);
      return destination?.kind === 'procedure' && destination.offset !== 0;
    });
  }

  private fitsInPlace(procedure: PatchProcedure): boolean {
    try {
      const { start, capacity } = this.olds.get(procedure)!;
      return this.assemble(procedure, start).bytes.length <= capacity;
    } catch (error) {
      if (error instanceof BodyError) return false;
      throw error;
    }
  }

  private assemble({ name, body }: PatchProcedure, address: number): Placed {
    return this.patch.isa.place(body, {
      address,
      image: this.program.image,
      resolve: (reference) => this.resolve(reference),
      isPart: (reference) => this.isPartOf(name, this.patch.destination(reference)),
    });
  }

  private isPartOf(name: string, destination: Destination): boolean {
    if (destination.kind !== 'procedure') return false;
    return (
      destination.offset !== 0 || familyOf(this.patch.procedures[destination.index]!.name) === familyOf(name)
    );
  }

  private put(procedure: PatchProcedure, address: number): Placed {
    try {
      const placed = this.assemble(procedure, address);
      this.offsets.set(procedure, placed.offsets);
      return placed;
    } catch (error) {
      if (error instanceof BodyError) throw new Refusal('out-of-reach', error.message);
      throw error;
    }
  }

  private writeInPlace(procedure: PatchProcedure): void {
    const { name } = procedure;
    const { start: address, capacity } = this.olds.get(procedure)!;
    const { bytes, offsets } = this.put(procedure, address);
    this.forbid(address, capacity, name);
    const why = `${bytes.length} bytes fit into ${capacity}`;
    this.record(procedure, 'in-place', address, bytes.length, offsets, why);
    this.writes.push({
      phase: 'commit',
      address,
      before: this.running.bytes(address, bytes.length),
      after: bytes,
      code: true,
      why: `new body of ${name}, in place`,
    });
  }

  private writeMoved(procedure: PatchProcedure): void {
    const { name, old } = procedure;
    const address = this.entries.get(procedure)!;
    const { bytes, offsets } = this.put(procedure, address);
    if (old === undefined) this.record(procedure, 'new', address, bytes.length, offsets, 'new');
    else {
      const { capacity } = this.olds.get(procedure)!;
      const why =
        this.wanted(procedure) === undefined
          ? `${bytes.length} bytes do not fit into ${capacity}`
          : 'as asked for';
      this.record(procedure, this.strategyOf(procedure), address, bytes.length, offsets, why);
    }
    this.writes.push({
      phase: 'prepare',
      address,
      before: new Uint8Array(bytes.length),
      after: bytes,
      code: true,
      why: old === undefined ? `new procedure ${name}` : `new body of ${name}`,
    });
  }

  /** For a body that moves: what was asked for, else the table where there is one, else its call sites. */
  private strategyOf(procedure: PatchProcedure): Exclude<Redirect, 'in-place'> {
    const wanted = this.wanted(procedure);
    if (wanted !== undefined && wanted !== 'in-place') return wanted;
    const { entry } = this.olds.get(procedure)!;
    return this.running.bindingOf(entry) === undefined ? 'call-sites' : 'binding-table';
  }

  private redirect(procedure: PatchProcedure): void {
    const old = this.olds.get(procedure);
    if (old === undefined) return;
    const { why, writes, forbidden, notes } = redirect({
      isa: this.patch.isa,
      running: this.running,
      old,
      entry: this.entries.get(procedure)!,
      strategy: this.strategyOf(procedure),
      replaced: new Set([...this.olds.values()].map(({ entry }) => entry)),
    });
    const placed = this.placed.find(({ source }) => source.address === procedure.address)!;
    placed.why += `; ${why}`;
    this.writes.push(...writes);
    this.forbidden.push(...forbidden);
    this.notes.push(...notes);
  }

  private writeData(): void {
    for (const block of this.patch.data) {
      const { name, bytes } = block;
      const before = new Uint8Array(bytes.length);
      const after = this.filled(name, block);
      const address = this.dataAt.get(block)!;
      this.writes.push({ phase: 'prepare', address, before, after, code: false, why: name });
    }
  }

  /** Objects that get their new contents where they are. */
  private overwrite(): void {
    for (const overwrite of this.patch.overwrites) {
      const { old, decision, readers } = overwrite;
      const { name, size } = old;
      const address = this.running.locate(old.address);
      const constant = decision === 'replace';
      this.writes.push({
        phase: 'commit',
        address,
        before: constant ? this.running.bytes(address, size) : undefined,
        after: this.filled(name, overwrite),
        code: false,
        why: constant ? `new contents of ${name}` : `initial value of ${name}`,
      });
      for (const reader of readers) {
        const { start, capacity } = this.running.body(reader.address, reader.size, reader.name);
        this.forbid(start, capacity, `${reader.name}, which reads ${name},`, true);
      }
    }
  }

  /** Bytes with every address in them as it is in the running program. */
  private filled(name: string, { bytes, words }: PatchContents): Uint8Array {
    const filled = bytes.slice();
    const view = new DataView(filled.buffer);
    for (const { offset, symbol, addend } of words) {
      const value = this.resolve({ role: 'address', symbol, addend });
      if (offset + DATA_WORD > bytes.length)
        throw new Refusal('unknown-reference', `${name} ends inside an address`);
      view.setUint32(offset, value, !this.program.image.bigEndian);
    }
    return filled;
  }

  /** What is called in the target, and when: transformations after the author's own transfer. */
  private calls(): PlannedCall[] {
    const { hooks, objects } = this.patch.package;
    const entry = (destination: Destination): number => this.addressOf(destination, true);
    const named = hooks.map(({ when, name, procedure }): PlannedCall => {
      return { when, address: entry(procedure), arguments: [], why: `${when} hook ${name}` };
    });
    const transformations = objects.flatMap((object): PlannedCall[] => {
      if (object.decision !== 'transform') return [];
      const { old, data, procedure } = object;
      const place = this.dataAt.get(this.patch.data[data]!)!;
      const why = `transforms ${old.name}`;
      return [
        {
          when: 'transfer',
          address: entry(procedure),
          arguments: [this.running.locate(old.address), place],
          why,
        },
      ];
    });
    return [...named, ...transformations];
  }

  /** S + A in the running program. */
  private resolve(reference: Reference): number {
    return this.addressOf(this.patch.destination(reference), reference.role !== 'address');
  }

  /** A changed procedure keeps its old entry as its address; calls go straight to the new body. */
  private addressOf(destination: Destination, direct: boolean): number {
    if (destination.kind === 'absolute') return destination.value;
    const { index, offset } = destination;
    switch (destination.kind) {
      case 'running':
        return this.placeOf(this.patch.package.running[index]!.address, offset, direct);
      case 'data':
        return this.dataAt.get(this.patch.data[index]!)! + offset;
      case 'procedure': {
        const procedure = this.patch.procedures[index]!;
        if (offset !== 0) return this.inside(procedure, offset);
        const old = this.olds.get(procedure);
        if (old === undefined) return this.entries.get(procedure)!;
        if (!direct) return old.entry;
        return this.running.bindingOf(old.entry)?.jump.start ?? this.entries.get(procedure)!;
      }
    }
  }

  /** Calls go where the version that runs has its body, or through the table. */
  private placeOf(address: number, offset: number, direct: boolean): number {
    const place = this.running.locate(address);
    return direct && offset === 0 ? this.running.callee(place) : place + offset;
  }

  private inside(procedure: PatchProcedure, offset: number): number {
    const placed = this.offsets.get(procedure)?.get(offset);
    if (placed !== undefined) return this.entries.get(procedure)! + placed;
    throw new Refusal(
      'unknown-reference',
      `a reference into the middle of ${procedure.name} cannot be resolved`,
    );
  }

  private record(
    procedure: PatchProcedure,
    strategy: PlacedProcedure['strategy'],
    start: number,
    size: number,
    offsets: Placed['offsets'],
    why: string,
  ): void {
    const pairs = [...offsets].map(([there, here]): [number, number] => [here, there]);
    const old = this.olds.get(procedure);
    this.placed.push({
      name: procedure.name,
      strategy,
      why,
      entry: old?.entry ?? start,
      capacity: old?.capacity ?? 0,
      start,
      size,
      source: { address: procedure.address, offsets: pairs },
    });
  }

  private forbid(start: number, size: number, name: string, bothWays = false): void {
    const range = { start, end: start + size, kind: 'procedure' as const, entryCounts: false, name };
    this.forbidden.push(bothWays ? { ...range, bothWays } : range);
  }

  /** The whole of every replaced body, and every other byte that is written and known. */
  private expectations(): Plan['expected'] {
    const bodies = [...this.olds].map(([{ name }, { start, capacity }]) => ({
      address: start,
      bytes: this.running.bytes(start, capacity),
      why: `old body of ${name}`,
    }));
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
