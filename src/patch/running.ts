/**
 * A program as it runs: its ELF file, and the updates that were applied to it.
 *
 * A package names addresses of the build it starts from. On a process that was updated before, that build is not in
 * memory as its ELF file has it: what did not change lies where the program had it at first, what changed lies
 * where the updates put it. Here an address of the latest version is translated, step by step, into the one at
 * which the process has the thing.
 *
 *     version 2 --pairs and places of package 2--> version 1 --those of package 1--> the ELF file that runs
 */
import { hex, type Image } from '../elf/index.js';
import { BodyError, type Body, type Item } from '../isa/body.js';
import type { CallSite } from '../isa/redirect.js';
import type { Binding } from './binding.js';
import { callSites } from './call-sites.js';
import type { NamedAddress, Patch } from './patch.js';
import type { PlacedProcedure, Plan } from './plan.js';
import { pointerTo } from './pointers.js';
import { Program } from './program.js';
import { Refusal } from './refusal.js';

/** A procedure's code where it runs now. */
export interface RunningBody {
  name: string;
  /** What pointers to it hold. */
  entry: number;
  start: number;
  /** Bytes that may be overwritten: what its code takes, or has taken. */
  capacity: number;
}

export interface RunningCall {
  /** Name of the procedure, and its entry. */
  caller: string;
  callerEntry: number;
  site: CallSite;
  /** Whether it is code of the ELF file, rather than of an update. */
  original: boolean;
}

/** What runs for a procedure in one version. */
export interface RunningCode {
  body: Body;
  /** Entries of the named things that it calls or jumps to. */
  callees: readonly number[];
  /** What has become of an offset in the body, where it runs. */
  offsetHere(offset: number): number;
}

/** An update, or the binding table. */
interface Layer {
  plan: Plan;
  patch?: Patch;
  bindings?: readonly Binding[];
}

/** Reading a program once is enough, however many plans are made for it. */
const known = new WeakMap<Image, Program>();

function programOf(image: Image): Program {
  let program = known.get(image);
  if (program === undefined) known.set(image, (program = new Program(image)));
  return program;
}

export class Running {
  readonly program: Program;

  private constructor(
    image: Image,
    private readonly layers: readonly Layer[],
  ) {
    this.program = programOf(image);
  }

  static of(image: Image): Running {
    return new Running(image, []);
  }

  /** The same with one update more. */
  after(plan: Plan, patch: Patch): Running {
    return new Running(this.program.image, [...this.layers, { plan, patch }]);
  }

  /** The same with calls going through a table. */
  bound(plan: Plan, bindings: readonly Binding[]): Running {
    return new Running(this.program.image, [...this.layers, { plan, bindings }]);
  }

  /** Whether both are one program with the same updates. */
  isLike({ program, layers }: Running): boolean {
    return (
      program === this.program &&
      layers.length === this.layers.length &&
      layers.every((layer, i) => {
        const { plan, patch, bindings } = this.layers[i]!;
        return layer.plan === plan && layer.patch === patch && layer.bindings === bindings;
      })
    );
  }

  /** What ran, from the ELF file alone to all that runs now. */
  get history(): Running[] {
    const counts = Array.from({ length: this.layers.length + 1 }, (_, count) => count);
    return counts.map((count) => new Running(this.program.image, this.layers.slice(0, count)));
  }

  /** The version that runs. */
  get version(): { name: string; buildId?: string | undefined } {
    return this.layers.findLast(({ patch }) => patch !== undefined)?.patch?.package.to ?? this.program.image;
  }

  /** Whether its version is that of its ELF file. */
  get isOriginal(): boolean {
    return this.layers.every(({ patch }) => patch === undefined);
  }

  /** Whether a binding table was made. */
  get hasTable(): boolean {
    return this.layers.some(({ bindings }) => bindings !== undefined);
  }

  /** How the calls of a procedure go through the table, if they do. */
  bindingOf(entry: number): Binding | undefined {
    return this.layers.flatMap(({ bindings = [] }) => bindings).find((binding) => binding.entry === entry);
  }

  /** Where direct calls of the procedure at `entry` go. */
  callee(entry: number): number {
    const latest = this.layers.findLast(({ plan }) => plan.procedures.some((p) => p.entry === entry));
    return (
      this.bindingOf(entry)?.jump.start ??
      latest?.plan.procedures.find((p) => p.entry === entry)?.start ??
      entry
    );
  }

  /** Bytes at an entry of the ELF file. */
  capacityAt(entry: number): number {
    const symbol = this.program.symbolAt(entry);
    if (symbol?.address === entry) return symbol.size;
    return this.layers.flatMap(({ plan }) => plan.procedures).find(({ start }) => start === entry)?.size ?? 0;
  }

  /** Bytes of the jump that an update has put at an address; 0 when none has. */
  jumpLength(address: number): number {
    const writes = this.layers.flatMap(({ plan }) => plan.writes);
    return writes.findLast((w) => w.phase === 'commit' && w.code && w.address === address)?.after.length ?? 0;
  }

  /** What holds the address of the procedure at `entry`, in words; undefined when nothing does. */
  pointerTo(entry: number): string | undefined {
    const original = pointerTo(this.program, entry);
    if (original !== undefined) return original;
    for (const [index, { patch }] of this.layers.entries()) {
      if (patch === undefined) continue;
      for (const { name, body } of patch.procedures) {
        const holds = body.items.some(
          ({ reference }) => reference?.role === 'address' && this.meant(index, patch, reference) === entry,
        );
        if (holds) return name;
      }
      for (const { words, name } of [
        ...patch.data,
        ...patch.overwrites.map((o) => ({ ...o, name: o.old.name })),
      ]) {
        if (words.some((word) => this.meant(index, patch, word) === entry)) return name;
      }
    }
    return undefined;
  }

  /** Where the process has what lies at an address of the version that runs. @throws Refusal when that is not known. */
  locate(address: number): number {
    return this.locateIn(this.layers.length, address);
  }

  /** The code of the procedure at an address of the version that runs. `size` is what that version's file says. */
  body(address: number, size: number, name: string): RunningBody {
    const entry = this.locate(address);
    for (const { plan } of this.layers.toReversed()) {
      const placed = plan.procedures.find((p) => p.entry === entry);
      if (placed === undefined) continue;
      const capacity = placed.strategy === 'in-place' ? Math.max(placed.capacity, placed.size) : placed.size;
      return { name, entry, start: placed.start, capacity };
    }
    const symbol = this.program.symbolAt(entry);
    return { name, entry, start: entry, capacity: symbol?.address === entry ? symbol.size : size };
  }

  /** What memory holds, if nobody but the updates has changed it. */
  bytes(start: number, size: number): Uint8Array {
    const bytes = this.program.data(start, start + size).bytes;
    for (const { plan } of this.layers) {
      for (const { address, after, before } of plan.writes) {
        if (before === undefined || address >= start + size || address + after.length <= start) continue;
        const from = Math.max(start, address);
        const to = Math.min(start + size, address + after.length);
        bytes.set(after.subarray(from - address, to - address), from - start);
      }
    }
    return bytes;
  }

  /** The code of the procedure at `entry`; undefined when there is none, or it is not understood. */
  code(entry: number): RunningCode | undefined {
    for (const [index, { plan, patch }] of [...this.layers.entries()].toReversed()) {
      const placed = plan.procedures.find((p) => p.entry === entry);
      const procedure = patch?.procedures.find(({ address }) => address === placed?.source.address);
      if (patch === undefined || procedure === undefined) continue;
      const { body } = procedure;
      const { offsets } = placed!.source;
      return {
        body,
        callees: calls(body).flatMap((reference) => this.entered(index, patch, reference)),
        offsetHere: (offset) => offsets.find(([, there]) => there === offset)?.[0] ?? offset,
      };
    }
    return this.originalCode(entry);
  }

  private originalCode(entry: number): RunningCode | undefined {
    const { program } = this;
    const symbol = program.symbolAt(entry);
    if (symbol?.address !== entry || symbol.kind !== 'procedure') return undefined;
    try {
      const body = program.body(symbol);
      const referents = calls(body).map((reference) => program.referent(reference));
      const callees = referents.flatMap((to) => (to.kind === 'symbol' ? to.symbol.address : []));
      return { body, callees, offsetHere: (offset) => offset };
    } catch (error) {
      if (error instanceof BodyError) return undefined;
      throw error;
    }
  }

  /** The entry of the procedure that a call or jump of an update enters, wherever in it. */
  private entered(index: number, patch: Patch, reference: NamedAddress): number | [] {
    const destination = patch.destination(reference);
    switch (destination.kind) {
      case 'running':
        return this.locateIn(index, patch.package.running[destination.index]!.address);
      case 'procedure':
        return this.locateIn(index + 1, patch.procedures[destination.index]!.address);
      default:
        return [];
    }
  }

  /** The calls and direct jumps to the procedure whose entry this is, in code that is still in use. */
  callsOf(entry: number): RunningCall[] {
    const replacedSince = (index: number, caller: number): boolean =>
      this.layers.slice(index).some(({ plan }) => plan.procedures.some((p) => p.entry === caller));
    const original = (callSites(this.program).get(entry) ?? []).map(({ caller, site }): RunningCall => ({
      caller: caller.name,
      callerEntry: caller.address,
      site,
      original: true,
    }));
    const placed = this.layers.map(({ plan, patch }, index) =>
      patch === undefined ? [] : this.callsIn(index, plan, patch, entry),
    );
    return [original, ...placed].flatMap((calls, index) =>
      calls.filter(({ callerEntry }) => !replacedSince(index, callerEntry)),
    );
  }

  /** The entry or address that a reference of an update stands for; undefined for the middle of something. */
  private meant(index: number, patch: Patch, reference: NamedAddress): number | undefined {
    const destination = patch.destination(reference);
    if (destination.kind === 'absolute' || destination.offset !== 0) return undefined;
    switch (destination.kind) {
      case 'running':
        return this.locateIn(index, patch.package.running[destination.index]!.address);
      case 'procedure':
        return this.locateIn(index + 1, patch.procedures[destination.index]!.address);
      case 'data':
        return undefined;
    }
  }

  private callsIn(index: number, plan: Plan, patch: Patch, entry: number): RunningCall[] {
    return patch.procedures.flatMap((procedure) => {
      const placed = plan.procedures.find(({ source }) => source.address === procedure.address);
      if (placed === undefined) return [];
      return procedure.body.items.flatMap((item): RunningCall[] => {
        const { reference } = item;
        if (reference === undefined || (reference.role !== 'call' && reference.role !== 'jump')) return [];
        if (this.meant(index, patch, reference) !== entry) return [];
        const site = siteOf(item, placed);
        return [{ caller: placed.name, callerEntry: placed.entry, site, original: false }];
      });
    });
  }

  /** Where an address of the version after `count` updates is. */
  private locateIn(count: number, address: number): number {
    const layer = this.layers[count - 1];
    if (layer === undefined) return address;
    const { plan, patch } = layer;
    if (patch === undefined) return this.locateIn(count - 1, address);
    for (const procedure of patch.procedures) {
      if (address < procedure.address || address >= procedure.address + procedure.size) continue;
      const placed = plan.procedures.find(({ source }) => source.address === procedure.address)!;
      if (address === procedure.address) return placed.entry;
      const here = placed.source.offsets.find(([, there]) => there === address - procedure.address)?.[0];
      if (here !== undefined) return placed.start + here;
    }
    for (const { source, size, start } of plan.data) {
      if (address >= source && address < source + Math.max(1, size)) return start + address - source;
    }
    const { pairs } = patch.package;
    const pair =
      pairs.find((p) => address >= p.new && address < p.new + Math.max(1, p.size)) ??
      pairs.find((p) => address === p.new + p.size);
    if (pair !== undefined) return this.locateIn(count - 1, pair.old + address - pair.new);
    throw new Refusal(
      'unknown-reference',
      `nobody knows where the process has what lies at ${hex(address)} in ${patch.package.to.name}: it has no ` +
        `name there, and ${patch.package.from.name} was updated to that`,
    );
  }
}

const calls = ({ items }: Body): NamedAddress[] =>
  items.flatMap(({ reference }) =>
    reference === undefined || reference.role === 'address' ? [] : [reference],
  );

/** An item where it was placed, as long as it has become there. */
function siteOf(item: Item, { start, source }: PlacedProcedure): CallSite {
  const index = source.offsets.findIndex(([, there]) => there === item.offset);
  const here = source.offsets[index]![0];
  const size = source.offsets[index + 1]![0] - here;
  return { item: { ...item, size }, address: start + here };
}
