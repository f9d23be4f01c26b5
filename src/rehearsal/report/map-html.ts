/** A rehearsal as a page that stands alone: the whole run as a map, and what is known of each class. */
import type { Rehearsal } from '../model.js';
import { columnsOf } from './columns.js';
import { OUTCOMES } from './outcome.js';
import { PAGE_ACT } from './page-act.js';
import { PAGE_DRAW } from './page-draw.js';
import { PAGE_STYLE } from './page-style.js';
import { summaryLines } from './summary.js';

/**
 * One file of HTML that needs nothing else, not even a network. Whatever comes from programs and packages is text
 * in it, never markup; a policy in the page forbids every request.
 *
 * @example
 * writeFileSync('map.html', mapHtml(rehearsal));
 */
export function mapHtml(rehearsal: Rehearsal): string {
  const { program, isa, patches, instructions } = rehearsal;
  const title = `Rehearsal of ${patches.join(', then ')} on ${program} (${isa})`;
  const script = [
    "'use strict';",
    "const data = JSON.parse(document.getElementById('data').textContent);",
    `const OUTCOMES = ${JSON.stringify(OUTCOMES.map(({ label }) => label))};`,
    PAGE_DRAW,
    PAGE_ACT,
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>What becomes of the update at each of the ${(instructions + 1).toLocaleString('en-US')} points of the run where it could be asked for. Where several outcomes share a place, the worst is shown. The procedures below are those on the stack at the first point of each class.</p>
<ul id="legend" aria-label="Outcomes; those not ticked are left out of the map"></ul>
<div class="bar" role="toolbar" aria-label="Map">
<button type="button" id="previous">Previous failing</button>
<button type="button" id="next">Next failing</button>
<button type="button" id="in" aria-label="Zoom in">+</button>
<button type="button" id="out" aria-label="Zoom out">−</button>
<button type="button" id="whole">Whole run</button>
<form id="go" class="bar" style="margin:0" novalidate><label for="point">Point</label><input id="point" type="number" min="0" max="${instructions}" step="1"><button>Show</button><span id="no-point" role="status"></span></form>
<span id="range" role="status"></span>
</div>
<canvas id="overview" role="img" aria-label="The whole run; a frame shows which part the map shows"></canvas>
<canvas id="map" tabindex="0" role="application" aria-label="Outcome at each point, time from left to right, and below it the procedures on the stack where each class begins, the outermost on top" aria-describedby="keys"></canvas>
<p id="keys" class="note">Wheel or + and − zoom, dragging or the arrow keys move, Home and End go to the ends, 0 shows the whole run. A click or Enter selects a class, [ and ] the one before and after, n and p the next and previous that fails.</p>
<section id="detail" aria-live="polite" aria-label="Selected class">
<h2>Selected class</h2>
<p id="hint">None. Click into the map.</p>
<dl id="facts"></dl>
<div id="repeat" hidden>
<h2>To repeat its first point</h2>
<pre><code id="command"></code></pre>
<p><button type="button" id="copy">Copy</button> <span id="copied" role="status"></span></p>
</div>
</section>
<section aria-label="Summary">
<h2>Summary</h2>
<pre>${escapeHtml(summaryLines(rehearsal).join('\n'))}</pre>
</section>
<noscript><p>The map needs JavaScript; the summary does not.</p></noscript>
<script type="application/json" id="data">${jsonInHtml(columnsOf(rehearsal))}</script>
<script>${script}</script>
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** No text in it can end the element that it stands in. */
const jsonInHtml = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
