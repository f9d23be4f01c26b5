/**
 * What of a comparison becomes a patch: which procedures are replaced, and what happens to every object that
 * changed. The author decides about live data; what he leaves open, and what cannot be done, are findings.
 */
import type { SymbolEntry } from '../elf/index.js';
import type { DataChange, Diff, SymbolVerdict } from './diff.js';
import { lostBehindAnchor } from './anchors.js';
import { calleesOf, Clobbers, type Code } from './clobbers.js';
import { judgeConstructors } from './constructors.js';
import { companionsOf } from './companions.js';
import { listed } from './debug.js';
import { typesHandedOver } from './handed-over.js';
import { pointersInto } from './pointers-into.js';
import { referralsOf } from './referrals.js';
import type { Finding } from './refusal.js';
import {
  moves,
  type SelectedObject,
  type SelectedProcedure,
  type Selection,
  type SelectOptions,
} from './selection.js';

/**
 * Selects what a patch is made of.
 *
 * @example
 * const selection = select(diff(oldProgram, newProgram), { data: { limit: 'reset' } });
 * if (selection.findings.length > 0) throw new Refusal(selection.findings);
 */
export function select(comparison: Diff, options: SelectOptions = {}): Selection {
  return new Selector(comparison, options).select();
}

const RESETTABLE: ReadonlySet<DataChange | undefined> = new Set([
  'initial-value',
  'layout',
  'pointee',
] as const);

class Selector {
  private readonly procedures = new Map<SymbolEntry, SelectedProcedure>();
  private readonly objects: SelectedObject[] = [];
  private readonly findings: Finding[] = [];
  /** Procedures that the author has called. */
  private readonly roots: SymbolEntry[] = [];
  private readonly notes: string[] = [];
  private readonly bySymbol = new Map<SymbolEntry, SymbolVerdict>();
  /** Objects that did not change, of which there is something to decide all the same. */
  private readonly pointers = new Set<SymbolEntry>();

  constructor(
    private readonly comparison: Diff,
    private readonly options: SelectOptions,
  ) {
    for (const verdict of comparison.verdicts) {
      if (verdict.old !== undefined) this.bySymbol.set(verdict.old, verdict);
      if (verdict.new !== undefined) this.bySymbol.set(verdict.new, verdict);
    }
  }

  select(): Selection {
    this.selectChanged();
    this.roots.push(...(this.options.roots ?? []).flatMap((name) => this.addRoot(name) ?? []));
    if (this.options.only !== undefined) this.addThoseWhoRelyOnRegisters();
    const needed = this.options.only && this.needs();
    for (const verdict of this.comparison.verdicts) {
      if (needed?.has((verdict.new ?? verdict.old)!) ?? true) this.judge(verdict);
    }
    // What is decided of a pointer may move that, too.
    for (const object of this.objects) if (object.decision === 'transform') this.judgePointers(object);
    this.checkNames();
    this.noteResolvers();
    this.judgeConstructors();
    this.notes.push(...typesHandedOver(this.comparison, this.procedures.values()));
    for (const object of this.objects) if (moves(object)) this.relinkReferrers(object);
    this.checkAddressesInside();
    this.checkIndirect();
    this.checkAnchors();
    this.checkAliases();
    const { objects, findings, notes } = this;
    return { procedures: [...this.procedures.values()], objects, findings, notes };
  }

  /** What IFUNC symbols stand for is chosen before main, and not again. */
  private noteResolvers(): void {
    const { symbols } = this.comparison.old.image;
    for (const { old } of this.procedures.values()) {
      const chosen = symbols.filter(({ kind, address }) => kind === 'indirect' && address === old?.address);
      for (const { name } of chosen) {
        this.notes.push(
          `${old!.name} chooses ${name} when the program starts: what it has chosen stays (IFUNC)`,
        );
      }
    }
  }

  private judgeConstructors(): void {
    const called = this.roots.concat(this.objects.flatMap((object) => object.with ?? []));
    const selected = [...this.procedures.keys()];
    const { findings, notes } = judgeConstructors(this.comparison, selected, called);
    this.findings.push(...findings);
    this.notes.push(...notes);
  }

  private selectChanged(): void {
    const { only } = this.options;
    const changed = this.comparison.verdicts.filter((v) => v.kind === 'procedure' && v.verdict === 'changed');
    for (const { name, old, new: successor, reason } of changed) {
      if (only?.includes(name) === false) continue;
      this.procedures.set(successor!, { old, new: successor!, why: reason! });
    }
    for (const name of only ?? []) {
      if (changed.some((verdict) => verdict.name === name)) continue;
      const verdict = this.comparison.verdicts.find((v) => v.kind === 'procedure' && v.name === name);
      const what = verdict === undefined ? 'is no procedure' : `is ${verdict.verdict}`;
      this.find('unknown-symbol', `${name} ${what}; "only" names procedures that changed`);
    }
    for (const { old, new: successor } of this.procedures.values()) this.addCompanions(old!, successor);
  }

  private addCompanions(old: SymbolEntry, successor: SymbolEntry): void {
    const companions = [
      ...(companionsOf(this.comparison.old).get(old) ?? []),
      ...(companionsOf(this.comparison.new).get(successor) ?? []),
    ];
    for (const { symbol, why } of companions) this.addReplaced(this.bySymbol.get(symbol), why);
  }

  /** Replaces a procedure that would not have to be for its own sake. */
  private addReplaced(verdict: SymbolVerdict | undefined, why: string): void {
    if (verdict === undefined || (verdict.verdict !== 'unchanged' && verdict.verdict !== 'changed')) return;
    const { old, new: successor } = verdict;
    if (this.procedures.has(successor!)) return;
    this.procedures.set(successor!, { old, new: successor!, why });
    this.addCompanions(old!, successor!);
  }

  /** Of those left out, callers that were compiled with a callee which leaves registers alone that it now writes. */
  private addThoseWhoRelyOnRegisters(): void {
    const { old, new: program, correlation, verdicts } = this.comparison;
    for (let before = -1; before !== this.procedures.size;) {
      before = this.procedures.size;
      const clobbers = new Clobbers(old, program, correlation, new Set(this.procedures.keys()));
      const exceeding = new Map<SymbolEntry, boolean>();
      const exceeds = (code: Code): boolean => {
        let known = exceeding.get(code.symbol);
        if (known === undefined) exceeding.set(code.symbol, (known = clobbers.exceeds(code)));
        return known;
      };
      const left = verdicts.filter((v) => v.verdict === 'changed' && !this.procedures.has(v.new!));
      for (const verdict of left) {
        if (verdict.kind !== 'procedure') continue;
        for (const symbol of calleesOf({ program: old, symbol: verdict.old! })) {
          if (symbol.kind !== 'procedure' || !exceeds({ program: old, symbol })) continue;
          this.addReplaced(verdict, `relies on registers that ${symbol.name} now writes (-fipa-ra)`);
        }
      }
      for (const { new: selected } of [...this.procedures.values()]) {
        for (const symbol of calleesOf({ program, symbol: selected })) {
          const verdict = this.bySymbol.get(symbol);
          if (symbol.kind !== 'procedure' || verdict?.verdict !== 'changed') continue;
          if (!exceeds({ program, symbol })) continue;
          this.addReplaced(
            verdict,
            `${selected.name} relies on registers that only its new body leaves alone (-fipa-ra)`,
          );
        }
      }
    }
    this.noteCallersLeftOut();
  }

  /** A change of what is passed or returned cannot be told from code. */
  private noteCallersLeftOut(): void {
    const { old, verdicts } = this.comparison;
    const selected = new Set([...this.procedures.values()].map((procedure) => procedure.old));
    for (const { kind, verdict, old: caller, new: successor, name } of verdicts) {
      if (kind !== 'procedure' || verdict !== 'changed' || this.procedures.has(successor!)) continue;
      const called = [...calleesOf({ program: old, symbol: caller! })].filter((symbol) =>
        selected.has(symbol),
      );
      for (const { name: callee } of called) {
        this.notes.push(
          `${name} changed too, calls ${callee} and is left out: what ${callee} takes and returns must be as before`,
        );
      }
    }
  }

  /** Everything the selected procedures refer to, through what travels with them. */
  private needs(): Set<SymbolEntry> {
    const { new: program, correlation } = this.comparison;
    const { from } = referralsOf(program);
    const needed = new Set<SymbolEntry>();
    const queue = [...this.procedures.keys()];
    for (let symbol = queue.pop(); symbol !== undefined; symbol = queue.pop()) {
      for (const { to } of from.get(symbol) ?? []) {
        if (needed.has(to)) continue;
        needed.add(to);
        if (correlation.predecessor(to) === undefined) queue.push(to);
      }
    }
    return needed;
  }

  /** A procedure the author names; `undefined` and a finding when there is none. */
  private addRoot(name: string): SymbolEntry | undefined {
    const { new: program, correlation } = this.comparison;
    const found = program.procedures.filter((symbol) => symbol.name === name);
    const symbol = found.find(({ binding }) => binding !== 'local') ?? found[0];
    if (symbol === undefined || (symbol.binding === 'local' && found.length > 1)) {
      const what = symbol === undefined ? 'no procedure' : `${found.length} procedures`;
      this.find(
        'unknown-symbol',
        `${program.image.name} has ${what} named ${name}; a hook must be exactly one`,
      );
      return undefined;
    }
    const old = correlation.predecessor(symbol);
    // What the running program has is called where it is.
    if (old === undefined && !this.procedures.has(symbol)) {
      this.procedures.set(symbol, { old, new: symbol, why: 'a hook' });
    }
    return symbol;
  }

  private judge(verdict: SymbolVerdict): void {
    const { only } = this.options;
    // A procedure that is left as it is need not be understood.
    const left = only !== undefined && verdict.refusal === 'body-not-understood';
    if (verdict.verdict === 'refused' && !left) this.find(verdict.refusal!, verdict.reason!);
    else if (verdict.kind === 'object' && verdict.verdict === 'changed') this.decide(verdict);
  }

  private decide(verdict: SymbolVerdict): void {
    const { name, change, reason, old, new: successor } = verdict;
    const decision = this.options.data?.[name];
    const object = { old: old!, new: successor! };
    const entry = (value: string): string => `"data": { ${JSON.stringify(name)}: ${value} }`;
    const transform = `${entry('{ "transform": "PROCEDURE" }')} in the manifest names the procedure that makes its new contents`;
    if (old!.kind === 'thread-local') {
      this.decideOfThreads(verdict);
      return;
    }
    if (decision !== undefined && typeof decision === 'object') {
      const procedure = this.addRoot(decision.transform);
      if (procedure !== undefined) this.objects.push({ ...object, decision: 'transform', with: procedure });
      return;
    }
    const grown = change === 'size' && successor!.size > old!.size;
    const writable = this.comparison.old.isWritable(old!);
    if (decision === 'keep' && !grown && (writable || change !== 'writability')) {
      this.objects.push({ ...object, decision: 'keep' });
    } else if (decision === 'reset' && RESETTABLE.has(change)) {
      this.objects.push({ ...object, decision: 'reset' });
    } else if (change === 'constant' || (change === 'size' && !writable)) {
      this.objects.push({ ...object, decision: 'replace' });
    } else if (change === 'size') {
      const impossible = decision === undefined ? '' : `; "${decision}" is for objects that keep their size`;
      this.find('data-size-changed', `${name} has ${reason}${impossible}; ${transform}`);
    } else if (change === 'writability') {
      this.find('data-changed', `${name} is ${reason}; keep it as it is and add a new object`);
    } else {
      const choices = `${entry('"keep"')} in the manifest keeps what the running program has, "reset" writes the new value`;
      this.find('data-changed', `${name}: ${reason}; ${choices}, ${transform}`);
    }
  }

  /** Each thread has its own, at a place that its start decided. */
  private decideOfThreads({ name, reason, old, new: successor }: SymbolVerdict): void {
    const decision = this.options.data?.[name];
    const fits = successor!.size <= old!.size;
    if (decision === 'keep' && fits) {
      this.objects.push({ old: old!, new: successor!, decision });
      return;
    }
    const advice = fits
      ? `only "data": { ${JSON.stringify(name)}: "keep" } in the manifest is possible, which leaves every thread what it has`
      : 'keep it as it is and add what is new elsewhere';
    this.find(fits ? 'data-changed' : 'data-size-changed', `${name} is thread-local: ${reason}; ${advice}`);
  }

  /** What the running program's pointers lead to stays where it is when an object gets another place. */
  private judgePointers({ old, with: transformer }: SelectedObject): void {
    const found = pointersInto(this.comparison, old);
    const moves = `${old.name} gets another place`;
    if (found === undefined) {
      this.notes.push(`${moves}: without debug information (-g) nothing tells which pointers lead into it`);
      return;
    }
    const values = found.filter(({ reach }) => reach === 'values').map(({ verdict }) => verdict.name);
    if (values.length > 0) {
      this.notes.push(
        `${moves}: ${transformer!.name} must see to the pointers in ${listed(values).join(', ')}`,
      );
    }
    for (const { verdict, reach } of found) {
      const decided = verdict.verdict !== 'unchanged' || this.pointers.has(verdict.old!);
      if (reach === 'values' || decided) continue;
      this.pointers.add(verdict.old!);
      const reason = `it may point into ${old.name}, which gets another place`;
      if (this.options.data?.[verdict.name] !== 'keep')
        this.decide({ ...verdict, change: 'pointee', reason });
    }
  }

  private checkNames(): void {
    const changed = new Set(
      this.comparison.verdicts
        .filter((v) => v.kind === 'object' && (v.verdict === 'changed' || this.pointers.has(v.old!)))
        .map((v) => v.name),
    );
    for (const name of Object.keys(this.options.data ?? {})) {
      if (changed.has(name)) continue;
      this.find('unknown-symbol', `the manifest decides about ${name}, which is no object that changed`);
    }
  }

  /** Every procedure that uses an object which gets another place is made again, with that place. */
  private relinkReferrers({ old, new: successor }: SelectedObject): void {
    const why = `refers to ${successor.name}, which moves`;
    for (const { from } of referralsOf(this.comparison.old).to.get(old) ?? []) {
      if (from === old) continue;
      if (from.kind !== 'procedure') {
        this.find(
          'data-size-changed',
          `${from.name} holds the address of ${old.name}, which needs another place`,
        );
        continue;
      }
      this.addReplaced(this.bySymbol.get(from), why);
    }
  }

  /** Live data that holds an address in the middle of a replaced procedure would lead into its old body. */
  private checkAddressesInside(): void {
    const referrers = referralsOf(this.comparison.old).to;
    for (const { old } of this.procedures.values()) {
      for (const { from, offset } of (old && referrers.get(old)) ?? []) {
        if (from.kind !== 'object' || offset === 0) continue;
        const message = `${from.name} holds an address in the middle of ${old!.name}, which is replaced`;
        this.find('data-changed', message);
      }
    }
  }

  /** What such a symbol stands for is decided when the program starts, and kept where nobody can name it. */
  private checkIndirect(): void {
    for (const { kind, name } of this.needs()) {
      if (kind !== 'indirect') continue;
      const message = `${name} is chosen when the program starts (STT_GNU_IFUNC), and a patch cannot tell what was chosen`;
      this.find('unknown-reference', `${message}; call a procedure that does not depend on it`);
    }
  }

  private checkAnchors(): void {
    const { new: program, correlation } = this.comparison;
    for (const { new: procedure } of this.procedures.values()) {
      if (program.itemsIfUnderstood(procedure).length === 0) continue;
      const found = lostBehindAnchor(program, procedure, correlation);
      if (found === undefined) continue;
      const { anchored, lost } = found;
      const message = `${procedure.name} may reach ${lost.name} by its distance from ${anchored.name}, which the running program has not`;
      this.find('ambiguous-reference', `${message}; compile with -fdata-sections or -fno-section-anchors`);
    }
  }

  /** One procedure with two names can only become one. */
  private checkAliases(): void {
    const successors = new Map<number, SelectedProcedure>();
    for (const procedure of this.procedures.values()) {
      if (procedure.old === undefined) continue;
      const other = successors.get(procedure.old.address);
      if (other !== undefined && other.new.address !== procedure.new.address) {
        const message = `${other.old!.name} and ${procedure.old.name} are one procedure in the old program and two in the new one`;
        this.find('ambiguous-symbol', `${message}: callers cannot be told apart`);
      }
      successors.set(procedure.old.address, procedure);
    }
  }

  private find(reason: Finding['reason'], message: string): void {
    if (!this.findings.some((finding) => finding.message === message)) {
      this.findings.push({ reason, message });
    }
  }
}
