/**
 * A rehearsal as columns of numbers and tables of texts: what a page needs of a hundred thousand classes in a few
 * megabytes. Texts are kept once; a column has their place in the table.
 */
import type { Difference, PointClass, Rehearsal } from '../model.js';
import { outcomeOf, OUTCOMES } from './outcome.js';

/** In a column of places or instruction counts: there is none. */
const NONE = -1;

export interface MapData {
  program: string;
  isa: string;
  patches: readonly string[];
  seed: number;
  instructions: number;
  notes: readonly string[];
  texts: string[];
  /** Stacks, the innermost first: places in `texts`. */
  stacks: number[][];
  /** What stands before and after the point in the command that repeats it. */
  repeat: { parts: string[] } | { commands: number[] };
  /** Columns, a number for each class. */
  length: number[];
  outcome: number[];
  landsAt: number[];
  reason: number[];
  objection: number[];
  pc: number[];
  thread: number[];
  stack: number[];
  /** Whether a conflict ends it, which is then its last point. */
  conflictPc: number[];
  conflictWhy: number[];
  ran: number[];
  merged: number[];
  /** Of the classes that have one, by their number: line, then old, new and got; or line, expected and got. */
  differences: Record<string, readonly number[]>;
}

/** Keeps what is equal once. */
class Table<T> {
  readonly rows: T[] = [];
  private readonly places = new Map<string, number>();

  place(key: string, row: () => T): number {
    let place = this.places.get(key);
    if (place === undefined) {
      place = this.rows.push(row()) - 1;
      this.places.set(key, place);
    }
    return place;
  }
}

export function columnsOf(rehearsal: Rehearsal): MapData {
  const { classes, program, isa, patches, seed, instructions, notes } = rehearsal;
  const texts = new Table<string>();
  const text = (value: string | undefined): number =>
    value === undefined ? NONE : texts.place(value, () => value);
  const stacks = new Table<number[]>();
  const stack = (names: readonly string[]): number =>
    stacks.place(names.join('\0'), () => names.map((name) => text(name)));
  const outcomes = new Map<string, number>(OUTCOMES.map(({ key }, i) => [key, i]));
  const column = (of: (each: PointClass) => number): number[] => classes.map(of);
  const columns = {
    length: column(({ first, last }) => last - first + 1),
    outcome: column((each) => outcomes.get(outcomeOf(each))!),
    landsAt: column(({ landsAt }) => landsAt ?? NONE),
    reason: column(({ reason }) => text(reason)),
    objection: column(({ objection }) => text(objection)),
    pc: column(({ place }) => place.pc),
    thread: column(({ place }) => place.thread),
    stack: column(({ place }) => stack(place.stack)),
    conflictPc: column(({ conflict }) => conflict?.pc ?? NONE),
    conflictWhy: column(({ conflict }) => text(conflict?.why)),
    ran: column(({ ranInstructions }) => ranInstructions),
    merged: column(({ merged }) => Number(merged)),
  };
  const differences = differencesOf(classes, text);
  const repeat = repeatOf(rehearsal, text);
  const about = { program, isa, patches, seed, instructions, notes };
  return { ...about, ...columns, differences, repeat, texts: texts.rows, stacks: stacks.rows };
}

function differencesOf(
  classes: readonly PointClass[],
  text: (value: string | undefined) => number,
): MapData['differences'] {
  const textsOf = ({ expected, ...of }: Difference): (string | undefined)[] =>
    expected === undefined ? [of.old, of.new, of.got] : [expected ?? undefined, of.got];
  const entries = classes.flatMap(({ difference }, i) =>
    difference === undefined ? [] : [[i, [difference.line, ...textsOf(difference).map(text)]] as const],
  );
  return Object.fromEntries(entries);
}

/** No command has this number but as the point. */
const PROBE = 987_654_321_987;

function repeatOf({ repeat, classes }: Rehearsal, text: (value: string) => number): MapData['repeat'] {
  const parts = repeat(PROBE).split(String(PROBE));
  const fits = ({ first }: PointClass): boolean => parts.join(String(first)) === repeat(first);
  if (parts.length > 1 && classes.every(fits)) return { parts };
  return { commands: classes.map(({ first }) => text(repeat(first))) };
}
