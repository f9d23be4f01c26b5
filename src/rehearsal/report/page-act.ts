/** Script of the map's page, second part: what the reader does. */
export const PAGE_ACT = String.raw`
const byId = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString('en-US');
const hex = (value) => '0x' + value.toString(16);
const textAt = (place) => (place < 0 ? undefined : data.texts[place]);
const FAILING = 4;
const MAP_HEIGHT = 110;
const LEAST_SPAN = Math.min(points, 16);

const map = byId('map'), overview = byId('overview');
const view = { from: 0, span: points };
let selected = -1;

/** A canvas at the resolution of the screen; answers its pen and its width in the page's pixels. */
function sized(canvas, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.floor(canvas.clientWidth));
  canvas.style.height = height + 'px';
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  return { context, width };
}

function draw() {
  const { context, width } = sized(map, MAP_HEIGHT + 6 + ROWS * ROW);
  drawOutcomes(context, view.from, view.span, width, 0, MAP_HEIGHT);
  drawStacks(context, view.from, view.span, width, MAP_HEIGHT + 6);
  if (selected >= 0) {
    const left = ((first[selected] - view.from) / view.span) * width;
    const wide = Math.max((data.length[selected] / view.span) * width, 3);
    context.lineWidth = 3;
    context.strokeStyle = '#000';
    context.strokeRect(left, 1.5, wide, MAP_HEIGHT - 3);
    context.lineWidth = 1;
    context.strokeStyle = '#fff';
    context.strokeRect(left, 1.5, wide, MAP_HEIGHT - 3);
  }
  const whole = sized(overview, 26);
  drawOutcomes(whole.context, 0, points, whole.width, 0, 26);
  whole.context.lineWidth = 3;
  whole.context.strokeStyle = '#000';
  const left = (view.from / points) * whole.width;
  whole.context.strokeRect(left + 1, 1.5, Math.max((view.span / points) * whole.width - 2, 3), 23);
  byId('range').textContent =
    'points ' + number(Math.floor(view.from)) + ' to ' + number(Math.min(points, Math.ceil(view.from + view.span)) - 1);
}

let pending = false;
function redraw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => { pending = false; draw(); });
}

function show(from, span) {
  view.span = Math.min(points, Math.max(LEAST_SPAN, span));
  view.from = Math.min(points - view.span, Math.max(0, from));
  redraw();
}

/** Zooms so that the point at this share of the width stays where it is. */
function zoom(factor, share) {
  const span = Math.min(points, Math.max(LEAST_SPAN, view.span * factor));
  show(view.from + share * (view.span - span), span);
}

function detail(name, content) {
  if (content === undefined || content === '') return;
  const list = byId('facts');
  list.append(Object.assign(document.createElement('dt'), { textContent: name }));
  const value = document.createElement('dd');
  if (content instanceof Node) value.append(content); else value.textContent = content;
  list.append(value);
}

const preformatted = (text) => Object.assign(document.createElement('pre'), { textContent: text });

const commandOf = (i) =>
  data.repeat.parts === undefined ? textAt(data.repeat.commands[i]) : data.repeat.parts.join(String(first[i]));

function select(i) {
  selected = i;
  byId('facts').replaceChildren();
  byId('hint').hidden = true;
  const range = data.length[i] === 1 ? number(first[i]) : number(first[i]) + ' to ' + number(lastOf(i));
  detail('points', range + ' (' + number(data.length[i]) + '), class ' + number(i + 1) + ' of ' + number(count));
  detail('outcome', OUTCOMES[data.outcome[i]]);
  const wait = data.landsAt[i] - first[i];
  if (wait > 0) detail('lands at', number(data.landsAt[i]) + ', ' + number(wait) + ' instructions after the first point');
  detail(data.landsAt[i] < 0 ? 'refused' : 'waits', textAt(data.reason[i]));
  detail('why', textAt(data.objection[i]));
  const stack = data.stacks[data.stack[i]].map(textAt);
  detail('at', 'pc ' + hex(data.pc[i]) + ', thread ' + data.thread[i]);
  detail('stack', stack.length === 0 ? 'unknown' : stack.join(' < '));
  if (data.conflictPc[i] >= 0)
    detail('ends with', 'instruction ' + number(lastOf(i)) + ' at ' + hex(data.conflictPc[i]) + ': ' + textAt(data.conflictWhy[i]));
  const difference = data.differences[i];
  if (difference !== undefined) {
    const [line, ...texts] = difference;
    const got = texts.pop(), names = texts.length === 1 ? ['expected'] : ['old', 'new'];
    const quoted = (place, otherwise) => (place < 0 ? otherwise : JSON.stringify(textAt(place)));
    const right = texts.map((place, k) => '\n' + names[k] + ' ' + quoted(place, 'no such line'));
    detail('output', preformatted('line ' + line + '\ngot ' + quoted(got, 'nothing') + right.join('')));
  }
  detail('cost', data.ran[i] === 0 ? 'decided with another class' :
    number(data.ran[i]) + ' instructions' + (data.merged[i] ? ', then a state that was decided before' : ''));
  byId('command').textContent = commandOf(i);
  byId('repeat').hidden = false;
  byId('copied').textContent = '';
  history.replaceState(null, '', '#point=' + first[i]);
  redraw();
}

/** Brings a class into view and selects it. */
function visit(i) {
  const span = view.span >= points ? Math.max(200, data.length[i] * 4) : Math.max(view.span, data.length[i] * 2);
  const inside = first[i] >= view.from && first[i + 1] <= view.from + view.span && view.span < points;
  if (!inside) show(first[i] + data.length[i] / 2 - span / 2, span);
  select(i);
}

/** Brings the class of a point into view, or says which points there are. */
function visitPoint(text) {
  const point = /^\d+$/.test(text) ? Number(text) : points;
  const isPoint = point < points;
  byId('no-point').textContent = isPoint ? '' : 'Points are 0 to ' + number(points - 1) + '.';
  if (isPoint) visit(classAt(point));
}

/** The next failing class that is not filtered out, around the end. */
function failing(step) {
  const lists = classesOf.filter((_, outcome) => outcome >= FAILING && shown[outcome] && classesOf[outcome].length > 0);
  if (lists.length === 0) return -1;
  const current = selected >= 0 ? selected : step > 0 ? -1 : count;
  const next = lists.map((list) => {
    const at = step > 0 ? lowerBound(list, current + 1) : lowerBound(list, current) - 1;
    return at < 0 || at >= list.length ? (step > 0 ? list[0] + count : list[list.length - 1] - count) : list[at];
  });
  const found = step > 0 ? Math.min(...next) : Math.max(...next);
  return ((found % count) + count) % count;
}
function visitFailing(step) {
  const next = failing(step);
  if (next >= 0) visit(next);
}

const shareOf = (event, canvas) => {
  const box = canvas.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
};
const pointAt = (share) => Math.min(points - 1, Math.max(0, Math.floor(view.from + share * view.span)));

map.addEventListener('wheel', (event) => {
  event.preventDefault();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) show(view.from + (event.deltaX / map.clientWidth) * view.span, view.span);
  else zoom(Math.exp(event.deltaY * 0.0015), shareOf(event, map));
}, { passive: false });

let drag;
map.addEventListener('pointerdown', (event) => {
  drag = { x: event.clientX, from: view.from, moved: false };
  map.setPointerCapture(event.pointerId);
});
map.addEventListener('pointermove', (event) => {
  if (drag === undefined) return;
  const by = event.clientX - drag.x;
  if (Math.abs(by) > 4) drag.moved = true;
  if (drag.moved) show(drag.from - (by / map.clientWidth) * view.span, view.span);
});
map.addEventListener('pointerup', (event) => {
  if (drag !== undefined && !drag.moved) select(classUnder(event));
  drag = undefined;
});
map.addEventListener('pointercancel', () => { drag = undefined; });

/** Of the classes under a pixel one of the outcome that is shown there. */
function classUnder(event) {
  const share = shareOf(event, map);
  const from = classAt(pointAt(share));
  const to = classAt(pointAt(share + 1 / map.clientWidth));
  const outcome = worst(from, to);
  return outcome < 0 ? from : classesOf[outcome][lowerBound(classesOf[outcome], from)];
}

overview.addEventListener('pointerdown', (event) => {
  show(shareOf(event, overview) * points - view.span / 2, view.span);
});

const middle = () => (selected >= 0 ? Math.min(1, Math.max(0, (first[selected] + data.length[selected] / 2 - view.from) / view.span)) : 0.5);
const KEYS = {
  ArrowLeft: () => show(view.from - view.span / 8, view.span),
  ArrowRight: () => show(view.from + view.span / 8, view.span),
  Home: () => show(0, view.span),
  End: () => show(points, view.span),
  '+': () => zoom(0.5, middle()),
  '=': () => zoom(0.5, middle()),
  '-': () => zoom(2, middle()),
  '0': () => show(0, points),
  n: () => visitFailing(1),
  p: () => visitFailing(-1),
  '[': () => visit(Math.max(0, (selected < 0 ? classAt(view.from) + 1 : selected) - 1)),
  ']': () => visit(Math.min(count - 1, (selected < 0 ? classAt(view.from) - 1 : selected) + 1)),
  Enter: () => select(classAt(pointAt(0.5))),
};
map.addEventListener('keydown', (event) => {
  const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : KEYS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});

byId('in').addEventListener('click', () => zoom(0.5, middle()));
byId('out').addEventListener('click', () => zoom(2, middle()));
byId('whole').addEventListener('click', () => show(0, points));
byId('next').addEventListener('click', () => visitFailing(1));
byId('previous').addEventListener('click', () => visitFailing(-1));
byId('go').addEventListener('submit', (event) => {
  event.preventDefault();
  visitPoint(byId('point').value);
});
byId('copy').addEventListener('click', async () => {
  const range = document.createRange();
  range.selectNodeContents(byId('command'));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  let done = false;
  try {
    await navigator.clipboard.writeText(byId('command').textContent);
    done = true;
  } catch {
    done = document.execCommand('copy');
  }
  byId('copied').textContent = done ? 'copied' : 'selected: copy it with the keyboard';
});

function buildLegend() {
  OUTCOMES.forEach((label, outcome) => {
    if (classesOf[outcome].length === 0) return;
    const sum = classesOf[outcome].reduce((total, i) => total + data.length[i], 0);
    const item = document.createElement('li'), caption = document.createElement('label');
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      shown[outcome] = box.checked;
      offerFailing();
      redraw();
    });
    const sample = document.createElement('canvas');
    sample.width = 34;
    sample.height = 18;
    sample.setAttribute('aria-hidden', 'true');
    const pen = sample.getContext('2d');
    pen.fillStyle = patternFor(pen, outcome);
    pen.fillRect(0, 0, 34, 18);
    caption.append(box, sample, label + ': ' + number(sum) + (sum === 1 ? ' point' : ' points'));
    item.append(caption);
    byId('legend').append(item);
  });
}

function offerFailing() {
  byId('next').disabled = byId('previous').disabled = failing(1) < 0;
}

buildLegend();
offerFailing();
addEventListener('resize', redraw);
draw();
function followHash() {
  const wanted = /^#point=(.*)$/.exec(location.hash);
  if (wanted !== null) visitPoint(wanted[1]);
}
addEventListener('hashchange', followHash);
followHash();
`;
