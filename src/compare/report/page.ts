/** A comparison as one page that needs nothing else: no script, no file beside it. */
import type { ComparedStrategy, Comparison } from '../model.js';
import type { Series } from '../series/series.js';
import { constantsText } from '../series/words.js';
import { measuredOf, summaryRows } from '../summary.js';
import { LOOKS, Plot, svg } from './marks.js';
import { cumulativeFigure, growthFigures, pauseFigures, type Figure } from './plots.js';

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; color: black; background: white; max-width: 1200px; margin: 24px auto; padding: 0 20px; }
h1 { font-size: 24px; } h2 { font-size: 19px; margin-top: 32px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 10px 3px 0; border-bottom: 1px solid #ccc; vertical-align: top; }
td:first-child { white-space: pre; } tr.host { font-style: italic; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(580px, 1fr)); gap: 28px 20px; }
figure { margin: 0; } figcaption { font-size: 13px; max-width: 580px; }
figure h3 { font-size: 15px; margin: 0 0 4px; }
.legend span { display: inline-flex; align-items: center; gap: 6px; margin-right: 18px; font-size: 13px; }
.legend svg { display: inline-block; }
`;

/** HTML; the numbers of a comparison, how costs grow, or both. */
export function reportPage(comparison: Comparison | undefined, series: readonly Series[]): string {
  const title =
    comparison === undefined
      ? 'How the cost of an update grows'
      : `${comparison.old} becomes ${comparison.new}: strategies compared`;
  const parts = [
    ...(comparison === undefined ? [] : comparisonParts(comparison)),
    ...series.flatMap((of) => seriesParts(of)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
${parts.join('\n')}
</body></html>
`;
}

function comparisonParts(comparison: Comparison): string[] {
  const { isa, procedures, callSites, workload, points, seed, strategies } = comparison;
  const number = (value: number): string => value.toLocaleString('en');
  const facts =
    `${isa}. Replaced: ${procedures.join(', ')}, with ${callSites} call sites. The workload takes ` +
    `${number(workload.old)} instructions in the old program and ${number(workload.new)} in the new one; ` +
    `${points.length} update points, drawn from seed ${seed}. Numbers are counts, which repeat exactly, ` +
    'except for those in italics: times of the host that measured.';
  const applying = measuredOf(comparison).map(({ strategy }) => strategy);
  const head = ['', ...applying].map((name) => `<th>${escaped(name)}</th>`).join('');
  const rows = summaryRows(comparison).map(
    ({ label, cells, host }) =>
      `<tr${host ? ' class="host"' : ''}>${[label, ...cells].map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`,
  );
  const others = strategies.flatMap((result) =>
    result.applies ? [] : [`<p><b>${result.strategy}</b> does not apply: ${escaped(result.why)}.</p>`],
  );
  const cumulative = cumulativeFigure(comparison);
  return [
    `<p>${escaped(facts)}</p>`,
    `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
    ...others,
    '<h2>This update</h2>',
    figuresHtml([...(cumulative === undefined ? [] : [cumulative]), ...pauseFigures(comparison)]),
  ];
}

function seriesParts(series: Series): string[] {
  return [
    `<h2>How the cost grows, ${escaped(series.isa)}</h2>`,
    ...constantsText(series).map((text) => `<p>${escaped(text)}.</p>`),
    figuresHtml(growthFigures(series)),
  ];
}

const figuresHtml = (figures: readonly Figure[]): string =>
  `<div class="figures">${figures.map(figureHtml).join('')}</div>`;

const figureHtml = ({ title, svg: drawing, caption, strategies }: Figure): string =>
  `<figure><h3>${escaped(title)}</h3><div class="legend">${strategies.map(legendEntry).join('')}</div>` +
  `${drawing}<figcaption>${escaped(caption)}</figcaption></figure>`;

function legendEntry(strategy: ComparedStrategy): string {
  const { dashes, symbol, radius } = LOOKS[strategy];
  const ends = [{ x: 0 }, { x: 1 }];
  const drawing = svg({
    ...{
      width: 48,
      height: 14,
      margin: 2,
      marginLeft: 2,
      marginRight: 2,
      marginTop: 2,
      marginBottom: 2,
      inset: 0,
    },
    x: { axis: null, domain: [0, 1] },
    y: { axis: null, domain: [0, 1] },
    marks: [
      Plot.line(ends, { x: 'x', y: () => 0.5, stroke: 'black', strokeDasharray: dashes }),
      Plot.dot([0.5], { x: [0.5], y: [0.5], symbol, stroke: 'black', fill: 'white', r: radius }),
    ],
  });
  return `<span>${drawing}${strategy}</span>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]!);
