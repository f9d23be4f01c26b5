/** What `suture diff` found, as data: the object that `--json` prints. */
import { isaOf } from '../isa/index.js';
import { BodyError } from '../isa/body.js';
import { Disassembler } from '../isa/disassemble.js';
import type { Image } from '../elf/index.js';
import {
  align,
  diff,
  explain,
  gather,
  link,
  nameOfReference,
  Program,
  Refusal,
  select,
  type DataChange,
  type Diff,
  type Explanation,
  type Finding,
  type Mark,
  type RefusalReason,
  type Remark,
  type SelectedObject,
  type Selection,
  type SymbolVerdict,
  type Verdict,
} from '../patch/index.js';
import type { Item } from '../isa/body.js';
import type { SymbolEntry } from '../elf/index.js';

export type Outcome = 'patchable' | 'no-change' | 'refused';

export interface ReportedSide {
  address: number;
  size: number;
}

export interface ReportedSymbol {
  name: string;
  /** Source file of a local symbol. */
  file: string | null;
  kind: SymbolVerdict['kind'];
  verdict: Verdict;
  old: ReportedSide | null;
  new: ReportedSide | null;
  /** Whether the new body fits where the old one is; null for all but changed procedures. */
  fitsInPlace: boolean | null;
  reason: string | null;
  /** What changed in an object. */
  change: DataChange | null;
  /** What a patch that needs a refused symbol is refused for. */
  refusal: RefusalReason | null;
  /** What debug information adds. */
  remarks: readonly Remark[];
}

/** What a patch of this would consist of. */
export interface ReportedSelection {
  procedures: { name: string; why: string }[];
  objects: { name: string; decision: SelectedObject['decision'] }[];
}

export interface ListedInstruction {
  /** From the start of the procedure, in bytes. */
  offset: number;
  text: string;
}

export interface Listing {
  name: string;
  rows: { mark: Mark; old: ListedInstruction | null; new: ListedInstruction | null }[];
}

export type Counts = Record<Verdict, number>;

export interface DiffReport {
  outcome: Outcome;
  old: { name: string; isa: string; buildId: string | null };
  new: { name: string; isa: string; buildId: string | null };
  counts: { procedures: Counts; objects: Counts };
  symbols: ReportedSymbol[];
  selection: ReportedSelection;
  notes: readonly string[];
  findings: readonly Finding[];
  /** Side by side, of the procedures that were named. */
  listings: Listing[];
}

/**
 * Compares two programs and says whether a patch can be made of the difference.
 *
 * @param procedures names of procedures to list side by side; `only`: those to patch, when not all that changed.
 */
export async function reportDiff(
  oldImage: Image,
  newImage: Image,
  procedures: readonly string[],
  only: readonly string[] | undefined,
): Promise<DiffReport> {
  const about = (image: Image): DiffReport['old'] => ({
    name: image.name,
    isa: isaOf(image).title,
    buildId: image.buildId ?? null,
  });
  const report: DiffReport = {
    outcome: 'refused',
    old: about(oldImage),
    new: about(newImage),
    counts: { procedures: noCounts(), objects: noCounts() },
    symbols: [],
    selection: { procedures: [], objects: [] },
    notes: [],
    findings: [],
    listings: [],
  };
  try {
    const comparison = diff(new Program(oldImage), new Program(newImage));
    const explanation = explain(comparison);
    report.symbols = comparison.verdicts.map((verdict) => reported(comparison, verdict, explanation));
    for (const { kind, verdict } of report.symbols) report.counts[`${kind}s`][verdict]++;
    report.listings = await listings(comparison, procedures);
    const selection = select(comparison, only === undefined ? {} : { only });
    report.selection = reportedSelection(selection);
    report.notes = [...selection.notes, ...explanation.notes];
    // Not every reason to refuse shows in the comparison.
    (oldImage.relocatable ? gather : link)(comparison, selection);
    report.outcome = 'patchable';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'no-change') report.outcome = 'no-change';
    else report.findings = error.findings;
  }
  return report;
}

const noCounts = (): Counts => ({ unchanged: 0, changed: 0, new: 0, removed: 0, refused: 0 });

const reportedSelection = ({ procedures, objects }: Selection): ReportedSelection => ({
  procedures: procedures.map(({ new: { name }, why }) => ({ name, why })),
  objects: objects.map(({ new: { name }, decision }) => ({ name, decision })),
});

function reported(comparison: Diff, verdict: SymbolVerdict, { remarks }: Explanation): ReportedSymbol {
  const side = (symbol: SymbolEntry | undefined): ReportedSide | null =>
    symbol === undefined ? null : { address: symbol.address, size: symbol.size };
  return {
    name: verdict.name,
    file: (verdict.new ?? verdict.old)?.file ?? null,
    kind: verdict.kind,
    verdict: verdict.verdict,
    old: side(verdict.old),
    new: side(verdict.new),
    fitsInPlace: fitsInPlace(comparison, verdict),
    reason: verdict.reason ?? null,
    change: verdict.change ?? null,
    refusal: verdict.refusal ?? null,
    remarks: remarks.get(verdict) ?? [],
  };
}

function fitsInPlace({ new: program }: Diff, verdict: SymbolVerdict): boolean | null {
  const { old, new: symbol } = verdict;
  if (verdict.kind !== 'procedure' || verdict.verdict !== 'changed' || !old || !symbol) return null;
  try {
    return program.isa.largestSize(program.body(symbol)) <= old.size;
  } catch (error) {
    if (error instanceof BodyError) return null;
    throw error;
  }
}

async function listings(comparison: Diff, names: readonly string[]): Promise<Listing[]> {
  if (names.length === 0) return [];
  const disassembler = await Disassembler.create(comparison.old.isa);
  try {
    return comparison.verdicts
      .filter(({ kind, name }) => kind === 'procedure' && names.includes(name))
      .map((verdict) => ({
        name: verdict.name,
        rows: align(comparison, verdict.old, verdict.new).map(({ mark, old, new: item }) => ({
          mark,
          old: listed(comparison.old, verdict.old, old, disassembler),
          new: listed(comparison.new, verdict.new, item, disassembler),
        })),
      }));
  } finally {
    disassembler.close();
  }
}

function listed(
  program: Program,
  procedure: SymbolEntry | undefined,
  item: Item | undefined,
  disassembler: Disassembler,
): ListedInstruction | null {
  if (procedure === undefined || item === undefined) return null;
  const { offset, size, reference, target } = item;
  const address = procedure.address + offset;
  const text = disassembler.lines(program.data(address, address + size).bytes, address)[0]!.text;
  const name =
    reference !== undefined
      ? nameOfReference(program, reference)
      : target !== undefined
        ? `+0x${target.toString(16)}`
        : undefined;
  return { offset, text: name === undefined ? text : program.isa.spell(item, text, name) };
}
