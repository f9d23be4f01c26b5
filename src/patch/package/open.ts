/** Makes of a package what a plan is made of: takes its bodies apart by the rules of its instruction set. */
import type { Image, Relocation, SymbolEntry } from '../../elf/index.js';
import { ADDRESS_ZERO, BodyError } from '../../isa/body.js';
import { isaOf, UnknownIsa } from '../../isa/index.js';
import type { Patch, PatchContents, PatchOverwrite, PatchProcedure } from '../patch.js';
import { PackageError } from './errors.js';
import { PackageFrames } from './frames.js';
import type { Contents, Destination, Package, PackageProcedure } from './model.js';

/**
 * Opens a package.
 *
 * @param name what messages call it: a file name, or the name of the new program.
 * @throws PackageError when its code is not understood, or it refers to something it does not explain.
 *
 * @example
 * const patch = openPackage(link(comparison, select(comparison)));
 * const plan = makePlan(target, patch);
 */
export function openPackage(source: Package, name = source.to.name): Patch {
  const { architecture, symbols, references, procedures } = source;
  const entries = symbols.map((symbol): SymbolEntry => {
    const { kind, address } = symbol;
    if (kind === 'section' && address === 0) return ADDRESS_ZERO;
    return { ...symbol, file: undefined };
  });
  const slice: Image = {
    ...architecture,
    name: source.to.name,
    relocatable: false,
    entry: 0,
    segments: [],
    sections: [],
    symbols: entries,
    relocations: [],
    threadStorage: undefined,
    buildId: source.to.buildId,
    programHeaders: { address: 0, count: 0 },
  };
  const isa = understood(name, () => isaOf(slice));
  const destinations = new Map<SymbolEntry, Map<number, Destination>>();
  for (const { symbol, addend, destination } of references) {
    const entry = entries[symbol]!;
    const known = destinations.get(entry) ?? new Map<number, Destination>();
    destinations.set(entry, known.set(addend, destination));
  }
  const destination: Patch['destination'] = ({ symbol, addend }) => {
    const found = destinations.get(symbol)?.get(addend);
    if (found !== undefined) return found;
    throw malformed(name, `it does not say what ${symbol.name} + ${addend} is in the running program`);
  };
  const relocationsOf = (contents: Contents, address: number): Relocation[] =>
    contents.relocations.map(({ offset, type, symbol, addend }) => {
      return { address: address + offset, type, symbol: entries[symbol]!, addend };
    });
  const wordsOf = (contents: Contents): PatchContents => {
    const relocations = relocationsOf(contents, 0);
    for (const { type, address } of relocations) {
      if (isa.isDataWord(type)) continue;
      throw malformed(
        name,
        `${isa.relocationName(type)} at offset ${address} of data, where only words can be`,
      );
    }
    const words = relocations.map(({ address: offset, symbol, addend }) => ({ offset, symbol, addend }));
    for (const word of words) destination(word);
    return { bytes: filled(contents), words };
  };
  const takeApart = (procedure: PackageProcedure): PatchProcedure => {
    const { address, section, contents, replaces } = procedure;
    const symbol: SymbolEntry = {
      name: procedure.name,
      kind: 'procedure',
      binding: 'global',
      address,
      size: contents.size,
      section,
      defined: true,
      file: undefined,
    };
    const body = understood(name, () =>
      isa.takeApart(slice, symbol, filled(contents), relocationsOf(contents, address)),
    );
    for (const { reference } of body.items) if (reference !== undefined) destination(reference);
    return { name: procedure.name, old: replaces, address, size: contents.size, body };
  };
  return {
    package: source,
    isa,
    procedures: procedures.map(takeApart),
    data: source.data.map(({ name: title, address, writable, contents }) => {
      return { name: title, address, writable, ...wordsOf(contents) };
    }),
    overwrites: source.objects.flatMap((object): PatchOverwrite[] => {
      if (object.decision !== 'reset' && object.decision !== 'replace') return [];
      const { old, decision, contents } = object;
      return [
        { old, decision, readers: object.decision === 'replace' ? object.readers : [], ...wordsOf(contents) },
      ];
    }),
    destination,
    frames: new PackageFrames(source),
  };
}

/** The bytes with the zeros at their end. */
export function filled({ bytes, size }: Contents): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
}

function understood<T>(name: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof BodyError || error instanceof UnknownIsa) throw malformed(name, error.message);
    throw error;
  }
}

const malformed = (name: string, detail: string): PackageError => new PackageError(name, 'malformed', detail);
