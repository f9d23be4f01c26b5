/** One walk over all entries: which of them describe the variables and procedures at which addresses. */
import { countUpTo } from '../symbol-index.js';
import { AT, DW_OP_ADDR, TAG, TLS_ADDRESS } from './constants.js';
import { reference, type Entries, type Entry } from './entries.js';
import { Ranges, type AddressRange } from './ranges.js';
import type { Value } from './forms.js';
import type { Unit } from './units.js';

/** A procedure with code. */
export interface ProcedureEntry {
  /** Of its entry in `.debug_info`. */
  offset: number;
  unit: Unit;
  /** What was inlined into it; callers before what was inlined into them. */
  inlined: InlinedEntry[];
}

interface InlinedEntry {
  offset: number;
  /** The entry of the procedure that was inlined. */
  origin: number;
}

interface PlacedProcedure extends AddressRange {
  procedure: ProcedureEntry;
}

const WANTED: ReadonlySet<number> = new Set([TAG.variable, TAG.subprogram, TAG.inlinedSubroutine]);

export class ProgramIndex {
  readonly ranges: Ranges;
  private readonly variables = new Map<number, number[]>();
  /** Those of threads, by name; no other than the program's symbol table has. */
  private readonly threadVariables: ReadonlyMap<string, number[]>;
  private readonly procedures: PlacedProcedure[] = [];
  private readonly code: readonly AddressRange[];

  /** @throws ElfError when an entry cannot be read. */
  constructor(private readonly entries: Entries) {
    this.ranges = new Ranges(entries);
    this.code = entries.sections.image.sections
      .filter((section) => section.allocated && section.executable)
      .map((section) => ({ start: section.address, end: section.address + section.size }));
    const threadLocal = entries.sections.image.symbols.filter(({ kind }) => kind === 'thread-local');
    this.threadVariables = new Map(threadLocal.map(({ name }) => [withoutNumber(name), []]));
    for (const unit of entries.units) this.visit(unit);
    this.procedures.sort((a, b) => a.start - b.start);
  }

  /** Entries of the variables at an address: several where one has aliases. */
  variablesAt(address: number): readonly number[] {
    return this.variables.get(address) ?? [];
  }

  /** Entries of the variables of threads that have a name: several where the program has. */
  threadVariablesNamed(name: string): readonly number[] {
    return this.threadVariables.get(withoutNumber(name)) ?? [];
  }

  procedureAt(address: number): ProcedureEntry | undefined {
    const placed = this.procedures[countUpTo(this.procedures, address, ({ start }) => start) - 1];
    return placed !== undefined && address < placed.end ? placed.procedure : undefined;
  }

  private visit(unit: Unit): void {
    /** Those whose children are being read, by their depth. */
    const open: { depth: number; procedure: ProcedureEntry | undefined }[] = [];
    this.entries.walk(unit, WANTED, (entry, depth) => {
      while (open.length > 0 && open[open.length - 1]!.depth >= depth) open.pop();
      if (entry.tag === TAG.variable) this.addVariable(entry);
      else if (entry.tag === TAG.subprogram) {
        const procedure = this.addProcedure(entry);
        if (entry.hasChildren) open.push({ depth, procedure });
      } else {
        const origin = reference(entry.attributes.get(AT.abstractOrigin));
        const into = open[open.length - 1]?.procedure;
        if (origin !== undefined) into?.inlined.push({ offset: entry.offset, origin });
      }
    });
  }

  private addVariable(entry: Entry): void {
    const location = entry.attributes.get(AT.location);
    const address = this.addressOf(location);
    if (address === undefined) {
      this.addThreadVariable(entry, location);
      return;
    }
    const others = this.variables.get(address);
    if (others === undefined) this.variables.set(address, [entry.offset]);
    else others.push(entry.offset);
  }

  /** Some compilers cannot say where one lies and leave that out. */
  private addThreadVariable(entry: Entry, location: Value | undefined): void {
    if (this.threadVariables.size === 0 || entry.attributes.has(AT.declaration)) return;
    if (location !== undefined && !this.isOfThread(location)) return;
    this.threadVariables.get(this.entries.name(entry) ?? '')?.push(entry.offset);
  }

  private isOfThread(location: Value): boolean {
    if (location.kind !== 'block') return false;
    const { reader } = location;
    if (reader.left === 0) return false;
    reader.skip(reader.left - 1);
    return TLS_ADDRESS.includes(reader.u8());
  }

  /** Undefined when the location is more than a fixed address, as that of a thread's own variable is. */
  private addressOf(location: Value | undefined): number | undefined {
    if (location?.kind !== 'block') return undefined;
    const { sections } = this.entries;
    const reader = location.reader;
    if (reader.left !== 1 + sections.addressSize || reader.u8() !== DW_OP_ADDR) return undefined;
    return sections.address(reader);
  }

  /** Undefined for a declaration, for what exists only inlined, and for code that the linker left out. */
  private addProcedure(entry: Entry): ProcedureEntry | undefined {
    const ranges = this.ranges.of(entry)?.filter((range) => this.isCode(range)) ?? [];
    if (ranges.length === 0) return undefined;
    const procedure = { offset: entry.offset, unit: entry.unit, inlined: [] };
    for (const range of ranges) this.procedures.push({ ...range, procedure });
    return procedure;
  }

  private isCode({ start, end }: AddressRange): boolean {
    return start < end && this.code.some((section) => start >= section.start && end <= section.end);
  }
}

/** The compiler numbers variables that are static in a procedure: `count.0`. */
export const withoutNumber = (name: string): string => name.replace(/\.\d+$/, '');
