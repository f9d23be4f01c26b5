/**
 * What the compiler said about a program: the types of its variables, the signatures of its procedures, what
 * was inlined where, and the source line of every instruction.
 *
 * Reads DWARF 4 and 5 in the 32-bit format, of linked programs. Nothing is read before it is asked for. What
 * is not read is told in `notes`; what cannot be right is an ElfError.
 */
import { hex } from '../errors.js';
import type { Image } from '../image.js';
import { countUpTo } from '../symbol-index.js';
import { AT, PARAMETERS, TAG } from './constants.js';
import { constant, Entries, reference, type Entry } from './entries.js';
import { readLines, type LineRange } from './line-program.js';
import { ProgramIndex, withoutNumber, type ProcedureEntry } from './program-index.js';
import type { AddressRange } from './ranges.js';
import { DebugSections } from './sections.js';
import { Types, type DataType } from './types.js';
import type { Unit } from './units.js';

export interface Parameter {
  name: string | undefined;
  typeName: string;
  /** Undefined for `void`. */
  type: () => DataType | undefined;
}

/** As the source has it: of `f.isra.0` too, which may be called otherwise. */
export interface Signature {
  name: string | undefined;
  parameters: readonly Parameter[];
  /** Ends in `...`. */
  variadic: boolean;
  returns: Parameter;
}

/** A procedure that is declared somewhere in the source. */
export interface SourceProcedure {
  name: string;
  /** Where its declaration begins; undefined when the compiler does not say. */
  line: number | undefined;
}

/** A place in a procedure where another was inlined. */
export interface InlinedCall {
  callee: SourceProcedure;
  ranges: readonly AddressRange[];
}

export interface SourceLine {
  file: string;
  /** From 1. */
  line: number;
}

export class DebugInformation {
  private readonly entries: Entries;
  private readonly types: Types;
  private built: ProgramIndex | undefined;
  // Answers are kept: the work that all questions together may cause is limited.
  private readonly signatures = new Map<ProcedureEntry, Signature>();
  private readonly inlined = new Map<ProcedureEntry, readonly InlinedCall[]>();
  private readonly lines = new Map<number, readonly LineRange[]>();

  private constructor(sections: DebugSections) {
    this.entries = new Entries(sections);
    this.types = new Types(this.entries);
  }

  /**
   * The debug information of a program, or undefined when it has none.
   *
   * @throws ElfError 'bad-dwarf' when it cannot be right, here or from any method.
   *
   * @example
   * const type = DebugInformation.of(image)?.variable(table.address, 'table');
   * if (type?.kind === 'structure') for (const { name, offset } of type.members) console.log(name, offset);
   */
  static of(image: Image): DebugInformation | undefined {
    const info = image.sections.find(({ name }) => name === '.debug_info');
    if (info === undefined || info.bytes.length === 0) return undefined;
    return new DebugInformation(new DebugSections(image));
  }

  /** What is there and not read, in words. */
  get notes(): readonly string[] {
    return this.entries.notes;
  }

  /** The type of the variable at an address; `name` (a symbol's) decides between several. */
  variable(address: number, name: string): DataType | undefined {
    const found = this.index.variablesAt(address);
    const bare = withoutNumber(name);
    return this.typeOf(
      found.find((offset) => this.entries.name(this.entries.at(offset)) === bare) ?? found[0],
    );
  }

  /** The type of a thread's own variable; undefined also when there are several of that name, of different types. */
  threadVariable(name: string): DataType | undefined {
    const types = new Set(this.index.threadVariablesNamed(name).map((offset) => this.typeOf(offset)));
    return types.size === 1 ? [...types][0] : undefined;
  }

  private typeOf(variable: number | undefined): DataType | undefined {
    const entry = variable === undefined ? undefined : this.entries.at(variable);
    const type = entry && reference(this.entries.find(entry, AT.type));
    return type === undefined ? undefined : this.types.at(type);
  }

  /** The signature of the procedure whose code includes the address. */
  signature(address: number): Signature | undefined {
    const procedure = this.index.procedureAt(address);
    if (procedure === undefined) return undefined;
    let signature = this.signatures.get(procedure);
    if (signature === undefined) this.signatures.set(procedure, (signature = this.readSignature(procedure)));
    return signature;
  }

  /** Every place in the procedure at an address where another was inlined, outer ones first. */
  inlinedIn(address: number): readonly InlinedCall[] {
    const procedure = this.index.procedureAt(address);
    if (procedure === undefined) return [];
    let inlined = this.inlined.get(procedure);
    if (inlined === undefined) this.inlined.set(procedure, (inlined = this.readInlined(procedure)));
    return inlined;
  }

  /** Where the procedure at an address is declared. */
  declaration(address: number): SourceProcedure | undefined {
    const procedure = this.index.procedureAt(address);
    return procedure && this.sourceProcedure(this.entries.at(procedure.offset));
  }

  /** The source line an instruction came from, inlined ones from where they were written. */
  line(address: number): SourceLine | undefined {
    const procedure = this.index.procedureAt(address);
    if (procedure === undefined) return undefined;
    const lines = this.linesOf(procedure);
    const found = lines[countUpTo(lines, address, ({ start }) => start) - 1];
    return found !== undefined && address < found.end ? { file: found.file, line: found.line } : undefined;
  }

  private readSignature({ offset }: ProcedureEntry): Signature {
    const entry = this.entries.at(offset);
    // An instance lists only the parameters it still has; the procedure it came from has them all.
    const origin = this.entries.origins(entry).at(-1)!;
    const children = this.entries.children(origin, PARAMETERS);
    return {
      name: this.entries.name(entry),
      parameters: children
        .filter(({ tag }) => tag === TAG.parameter)
        .map((child) => this.parameter(child, this.entries.name(child))),
      variadic: children.some(({ tag }) => tag === TAG.unspecifiedParameters),
      returns: this.parameter(entry, undefined),
    };
  }

  private readInlined(procedure: ProcedureEntry): InlinedCall[] {
    return procedure.inlined.flatMap(({ offset, origin }) => {
      const callee = this.sourceProcedure(this.entries.at(origin));
      const ranges = this.index.ranges.of(this.entries.at(offset)) ?? [];
      return callee === undefined ? [] : [{ callee, ranges }];
    });
  }

  private parameter(entry: Entry, name: string | undefined): Parameter {
    const type = reference(this.entries.find(entry, AT.type));
    return {
      name,
      typeName: this.types.names.of(type),
      type: () => (type === undefined ? undefined : this.types.at(type)),
    };
  }

  private get index(): ProgramIndex {
    this.built ??= new ProgramIndex(this.entries);
    return this.built;
  }

  private sourceProcedure(entry: Entry): SourceProcedure | undefined {
    const name = this.entries.name(entry);
    if (name === undefined) return undefined;
    return { name, line: constant(this.entries.find(entry, AT.declarationLine)) };
  }

  private linesOf({ unit }: ProcedureEntry): readonly LineRange[] {
    const offset = this.lineProgramOf(unit);
    if (offset === undefined) return [];
    let lines = this.lines.get(offset);
    if (lines === undefined) this.lines.set(offset, (lines = readLines(this.entries.sections, offset)));
    return lines;
  }

  private lineProgramOf(unit: Unit): number | undefined {
    const program = this.entries.at(unit.first).attributes.get(AT.lineProgram);
    if (program === undefined) return undefined;
    if (program.kind === 'offset') return program.value;
    throw this.entries.sections.error(`the unit at ${hex(unit.offset)} does not say where its lines are`);
  }
}
