/** A rehearsal in lines of text. */
import type { Difference, PointClass, Rehearsal } from '../model.js';
import { figuresOf, waitOf, type Figures, type Range } from './figures.js';
import { pointsOf } from './outcome.js';

/**
 * What a terminal shows. Names come from files: whatever is no printable character is escaped.
 *
 * @example
 * console.log(summaryLines(rehearsal).join('\n'));
 */
export function summaryLines(rehearsal: Rehearsal): string[] {
  const figures = figuresOf(rehearsal);
  return [
    ...headLines(rehearsal, figures),
    '',
    ...outcomeLines(figures),
    ...waitLines(figures),
    ...failureLines(rehearsal, figures),
    ...undecidedLines(figures),
    ...rehearsal.notes.map((note) => `note: ${note}`),
  ].map(escaped);
}

function headLines(rehearsal: Rehearsal, { points }: Figures): string[] {
  const { program, isa, patches, seed, instructions, classes, runs, mergedRuns, ranInstructions } = rehearsal;
  const { hostSeconds } = rehearsal;
  const rate = hostSeconds > 0 ? `, ${number(Math.round(points / hostSeconds))} points a second` : '';
  return [
    `${program} (${isa}), ${patches.join(', then ')}, seed ${seed}`,
    `${count(points, 'point')} of a run of ${count(instructions, 'instruction')}, in ${count(classes.length, 'class', 'classes')}`,
    `${count(runs, 'patched run')}, ${number(mergedRuns)} of them merged, ${count(ranInstructions, 'instruction')} in all; ${hostSeconds.toFixed(1)} s${rate}`,
  ];
}

function outcomeLines({ tallies }: Figures): string[] {
  const rows = tallies.map(({ label, points, classes }) => [label, number(points), number(classes)]);
  const table = [['outcome', 'points', 'classes'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map(([label, ...figures]) =>
    [label!.padEnd(widths[0]!), ...figures.map((text, i) => text.padStart(widths[i + 1]!))].join('  '),
  );
}

function waitLines({ longestWait: longest }: Figures): string[] {
  if (longest === undefined) return [];
  const why = longest.reason === '' ? '' : `: ${longest.reason}`;
  const wait = count(waitOf(longest), 'instruction');
  return [`longest wait: ${wait}, from ${longest.first} to ${longest.landsAt}${why}`];
}

function failureLines({ repeat }: Rehearsal, { firstFailure: first, failing }: Figures): string[] {
  if (first === undefined) return [];
  const points = failing.reduce((sum, range) => sum + pointsOf(range), 0);
  return [
    '',
    `${count(points, 'point')} in ${count(failing.length, 'range')} ${points === 1 ? 'fails' : 'fail'}; the first is ${first.first}, in the class up to ${first.last}: ${first.judgement}`,
    ...placeLines(first),
    ...(first.reason === '' ? [] : [`  why: ${first.reason}`]),
    ...differenceLines(first.difference),
    `  to repeat: ${repeat(first.first)}`,
  ];
}

function placeLines({ place, conflict, landsAt, first }: PointClass): string[] {
  const { pc, thread, stack } = place;
  return [
    `  at: pc 0x${pc.toString(16)}, thread ${thread}`,
    `  stack, innermost first: ${stack.length === 0 ? 'unknown' : stack.join(' < ')}`,
    ...(landsAt === undefined || landsAt === first ? [] : [`  lands at: ${landsAt}`]),
    ...(conflict === undefined
      ? []
      : [`  up to: instruction ${conflict.instruction} at 0x${conflict.pc.toString(16)}, ${conflict.why}`]),
  ];
}

function differenceLines(difference: Difference | undefined): string[] {
  if (difference === undefined) return [];
  const shown = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(text));
  return [
    `  output line ${difference.line}: ${shown(difference.got)}`,
    `    old program: ${shown(difference.old)}`,
    `    new program: ${shown(difference.new)}`,
  ];
}

/** All of them: what was not decided must be known exactly. */
function undecidedLines({ undecided }: Figures): string[] {
  if (undecided.length === 0) return [];
  const points = undecided.reduce((sum, range) => sum + pointsOf(range), 0);
  return ['', `${count(points, 'point')} undecided: ${undecided.map(rangeText).join(', ')}`];
}

const rangeText = ({ first, last }: Range): string => (first === last ? `${first}` : `${first}-${last}`);

/** With a comma at every third digit. */
const number = (value: number): string => value.toLocaleString('en-US');

const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;
const escaped = (line: string): string =>
  line.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
