/**
 * Script of the map's page, first part: finding classes and drawing them. It runs in a browser, from the page alone.
 * `data` has the columns; `view` is the part of the run that is shown, from `view.from` on, `view.span` points.
 */
export const PAGE_DRAW = String.raw`
const count = data.length.length;
const points = data.instructions + 1;
const first = new Float64Array(count + 1);
for (let i = 0; i < count; i++) first[i + 1] = first[i] + data.length[i];
const lastOf = (i) => first[i + 1] - 1;

/** The class a point is in. */
function classAt(point) {
  let low = 0, high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (first[middle] <= point) low = middle; else high = middle - 1;
  }
  return low;
}

/** For each outcome its classes, ascending. */
const classesOf = OUTCOMES.map(() => []);
data.outcome.forEach((outcome, i) => classesOf[outcome].push(i));

/** Where in an ascending list the first stands that is at least this. */
function lowerBound(list, value) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1; else high = middle;
  }
  return low;
}

const shown = OUTCOMES.map(() => true);

/** The worst outcome shown among these classes; -1 when none is shown. */
function worst(from, to) {
  for (let outcome = OUTCOMES.length - 1; outcome >= 0; outcome--) {
    if (!shown[outcome]) continue;
    const list = classesOf[outcome];
    const at = lowerBound(list, from);
    if (at < list.length && list[at] <= to) return outcome;
  }
  return -1;
}

/** A tile for each outcome: colour, and lines that tell it apart without. */
const LOOKS = [
  ['#d8ecd4', '#6d9b64', []],
  ['#bcd9ee', '#2f6690', [[0, 8, 8, 0]]],
  ['#ececec', '#777777', [[0, 4, 8, 4]]],
  ['#ffffff', '#555555', [[3, 3, 5, 5], [3, 5, 5, 3]]],
  ['#f2b134', '#5a3a00', [[0, 0, 8, 8], [0, 8, 8, 0]]],
  ['#a678c8', '#ffffff', [[2, 0, 2, 8], [6, 0, 6, 8]]],
  ['#8c1d18', '#ffffff', [[0, 0, 8, 8]]],
];
function patternFor(context, outcome) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  const [ground, line, strokes] = LOOKS[outcome];
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = line;
  pen.lineWidth = 1.3;
  for (const [x0, y0, x1, y1] of strokes) {
    pen.beginPath();
    pen.moveTo(x0, y0);
    pen.lineTo(x1, y1);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat');
}

/** Draws outcomes of a part of the run into a strip. */
function drawOutcomes(context, from, span, width, top, height) {
  const patterns = OUTCOMES.map((_, outcome) => patternFor(context, outcome));
  let start = 0, before = -2;
  const flush = (x, outcome) => {
    if (outcome >= 0) {
      context.fillStyle = patterns[outcome];
      context.fillRect(start, top, x - start, height);
    }
    start = x;
  };
  for (let x = 0; x < width; x++) {
    const left = Math.floor(from + (x * span) / width);
    const right = Math.max(left, Math.ceil(from + ((x + 1) * span) / width) - 1);
    const outcome = worst(classAt(left), classAt(Math.min(right, points - 1)));
    if (outcome !== before) { flush(x, before); before = outcome; }
  }
  flush(width, before);
  // Where one class ends and the next begins.
  if (span / width > 1) return;
  for (let i = classAt(Math.floor(from)) + 1; i < count && first[i] < from + span; i++) {
    context.fillStyle = '#333';
    context.fillRect(Math.round(((first[i] - from) / span) * width), top, 1, height);
  }
}

const ROW = 18;
/** Of a deeper stack the outermost procedures are drawn; the rest is told when a class is selected. */
const ROWS = Math.min(24, Math.max(1, ...new Set(data.stacks.map((stack) => stack.length))));

/** A pale colour that a name always has. */
function tint(text) {
  let hash = 7;
  for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
  return 'hsl(' + (hash % 360) + ' 45% ' + (84 + (hash % 9)) + '%)';
}

/** As much of a text as fits, with an ellipsis for the rest. */
function clipped(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let low = 0, high = Math.min(text.length, 400);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(text.slice(0, middle) + '…').width <= room) low = middle; else high = middle - 1;
  }
  return low === 0 ? '' : text.slice(0, low) + '…';
}

/** Procedures on the stack, the outermost on top. */
function drawStacks(context, from, span, width, top) {
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const open = [];
  const close = (depth, x) => {
    for (let row = open.length - 1; row >= depth; row--) {
      const { name, start } = open[row];
      const text = data.texts[name];
      context.fillStyle = tint(text);
      context.fillRect(start, top + row * ROW, x - start, ROW - 1);
      if (x - start > 3) {
        context.fillStyle = '#777';
        context.fillRect(start, top + row * ROW, 1, ROW - 1);
      }
      if (x - start > 24) {
        context.fillStyle = '#111';
        context.fillText(clipped(context, text, x - start - 8), start + 4, top + row * ROW + ROW / 2);
      }
    }
    open.length = Math.min(open.length, depth);
  };
  for (let x = 0; x < width; x++) {
    const stack = data.stacks[data.stack[classAt(Math.floor(from + (x * span) / width))]];
    const depth = Math.min(stack.length, ROWS);
    const nameAt = (row) => stack[stack.length - 1 - row];
    let same = 0;
    while (same < depth && same < open.length && open[same].name === nameAt(same)) same++;
    close(same, x);
    for (let row = same; row < depth; row++) open.push({ name: nameAt(row), start: x });
  }
  close(0, width);
}
`;
