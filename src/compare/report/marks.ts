/** How strategies are told apart without colour: by dashes and symbols, in every plot the same. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { ComparedStrategy } from '../model.js';

interface Look {
  dashes: string;
  symbol: 'circle' | 'times' | 'diamond' | 'square' | 'triangle';
  /** Different ones, so that symbols on one place are all seen. */
  radius: number;
}

export const LOOKS: Record<ComparedStrategy, Look> = {
  'in-place': { dashes: '', symbol: 'circle', radius: 3 },
  'call-sites': { dashes: '8 3', symbol: 'square', radius: 4.5 },
  trampoline: { dashes: '2 3', symbol: 'triangle', radius: 4 },
  'binding-table': { dashes: '8 3 2 3', symbol: 'diamond', radius: 6 },
  restart: { dashes: '14 4', symbol: 'times', radius: 4 },
};

/** Plots are drawn without a browser, whose types are therefore not known here. */
const { document } = parseHTML('<!doctype html><html><body></body></html>') as { document: object };
const plot = Plot.plot as (options: object) => { outerHTML: string };

const WIDTH = 580;
const HEIGHT = 330;
const MARGINS = { marginLeft: 76, marginRight: 24, marginTop: 26, marginBottom: 46, inset: 8 };
const STYLE = { fontSize: '12px', overflow: 'visible' };

export type Mark = Plot.Markish;

/** A plot as SVG. */
export function svg(options: Plot.PlotOptions): string {
  return plot({ document, width: WIDTH, height: HEIGHT, style: STYLE, ...MARGINS, ...options }).outerHTML;
}

/** One strategy's points, joined in the order of x. */
export function strategyLine(
  strategy: ComparedStrategy,
  points: readonly { x: number; y: number }[],
  { dots = true }: { dots?: boolean } = {},
): Mark[] {
  const { dashes } = LOOKS[strategy];
  const line = Plot.line(points, { x: 'x', y: 'y', stroke: 'black', strokeDasharray: dashes });
  return dots ? [line, strategyDots(strategy, points)] : [line];
}

export function strategyDots(
  strategy: ComparedStrategy,
  points: readonly { x: number; y: number | string }[],
): Mark {
  const { symbol, radius } = LOOKS[strategy];
  return Plot.dot(points, { x: 'x', y: 'y', symbol, stroke: 'black', fill: 'none', r: radius });
}

export { Plot };
