/** A rehearsal in lines of text. */
import type { Difference, PointClass, Rehearsal } from '../model.js';
import { figuresOf, waitOf, type Figures, type Range } from './figures.js';
import { pointsOf } from './outcome.js';

/** More are counted. */
const MOST_REASONS = 3;

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
    ...refusalLines(figures),
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

function refusalLines({ refusals }: Figures): string[] {
  const lines = refusals.slice(0, MOST_REASONS).map(({ reason, first, points }) => {
    const which = points === 1 ? `point ${first}` : `${count(points, 'point')}, the first is ${first}`;
    return `refused: ${which}: ${reason}`;
  });
  const others = refusals.slice(MOST_REASONS);
  if (others.length === 0) return lines;
  const points = others.reduce((sum, each) => sum + each.points, 0);
  return [...lines, `refused: ${count(points, 'point')} for ${count(others.length, 'other reason')}`];
}

function failureLines({ repeat }: Rehearsal, { firstFailure: first, failing }: Figures): string[] {
  if (first === undefined) return [];
  const points = failing.reduce((sum, range) => sum + pointsOf(range), 0);
  return [
    '',
    `${count(points, 'point')} in ${count(failing.length, 'range')} ${points === 1 ? 'fails' : 'fail'}; the first is ${first.first}, in the class up to ${first.last}: ${first.judgement}`,
    ...placeLines(first),
    ...(first.objection === undefined ? [] : [`  why: ${first.objection}`]),
    ...differenceLines(first.difference),
    `  to repeat: ${repeat(first.first)}`,
  ];
}

function placeLines({ place, conflict, decision, reason, landsAt, first }: PointClass): string[] {
  const { pc, thread, stack } = place;
  return [
    `  at: pc 0x${pc.toString(16)}, thread ${thread}`,
    `  stack, innermost first: ${stack.length === 0 ? 'unknown' : stack.join(' < ')}`,
    ...(reason === '' ? [] : [`  ${decision === 'refused' ? 'refused' : 'waits'}: ${reason}`]),
    ...(landsAt === undefined || landsAt === first ? [] : [`  lands at: ${landsAt}`]),
    ...(conflict === undefined
      ? []
      : [`  up to: instruction ${conflict.instruction} at 0x${conflict.pc.toString(16)}, ${conflict.why}`]),
  ];
}

function differenceLines(difference: Difference | undefined): string[] {
  if (difference === undefined) return [];
  const { line, expected, got } = difference;
  const shown = (text: string | null | undefined): string =>
    typeof text !== 'string' ? 'no such line' : JSON.stringify(text);
  const right =
    expected === undefined
      ? [`    old program: ${shown(difference.old)}`, `    new program: ${shown(difference.new)}`]
      : [`    expected: ${shown(expected)}`];
  return [`  output line ${line}: ${got === undefined ? 'nothing' : JSON.stringify(got)}`, ...right];
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
