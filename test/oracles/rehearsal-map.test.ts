/** The page of a rehearsal in a browser: what a reader sees, clicks and types. Needs Chromium. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PointClass } from '#suture/rehearsal/index.js';
import { mapHtml } from '#suture/rehearsal/report/index.js';
import { Browser, chromium } from '../support/browser.js';
import { generatedRehearsal } from '../support/rehearsals.js';

const WIDTH = 1280;
const CLASSES = 100_000;
const generated = generatedRehearsal(CLASSES);
const failingWait: PointClass = {
  ...generated.classes[55]!,
  ...{ decision: 'deferred', landsAt: generated.classes[56]!.last, reason: 'run is active' },
  ...{ judgement: 'crashed', objection: 'it was ended by SIGSEGV' },
};
const rehearsal = { ...generated, classes: generated.classes.with(55, failingWait) };
const folder = mkdtempSync(join(tmpdir(), 'suture-map-'));
const url = pathToFileURL(join(folder, 'map.html')).href;
let browser: Browser;

beforeAll(async () => {
  if (chromium === undefined) return;
  writeFileSync(join(folder, 'map.html'), mapHtml(rehearsal));
  browser = await Browser.open(chromium, WIDTH, 1000);
});

afterAll(async () => {
  if (chromium !== undefined) await browser.close();
  rmSync(folder, { recursive: true });
});

const inBrowser = (name: string, body: () => Promise<void>): void => {
  test(name, async ({ skip }) => {
    skip(chromium === undefined, 'Chromium is not installed: apt-get install chromium');
    await browser.show('about:blank?');
    await browser.show(url);
    await body();
  });
};

const factsOf = async (): Promise<Record<string, string>> =>
  (await browser.evaluate(
    `Object.fromEntries([...document.querySelectorAll('#facts dt')].map((dt) => [dt.textContent, dt.nextSibling.textContent]))`,
  )) as Record<string, string>;
const text = (selector: string): Promise<unknown> =>
  browser.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
const box = (selector: string): Promise<unknown> =>
  browser.evaluate(
    `(({ x, y, width, height }) => ({ x, y, width, height }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
  );
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** When what was asked for has been drawn. */
const drawn = (): Promise<unknown> =>
  browser.evaluate(
    'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))',
  );
const english = (value: number): string => value.toLocaleString('en-US');

inBrowser('nothing is wider than the page, and the map has more than one colour', async () => {
  expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH);
  const colours = await browser.evaluate(
    `(() => { const map = document.getElementById('map'); const { data } = map.getContext('2d').getImageData(0, 50, map.width, 1);
      return new Set(new Uint32Array(data.buffer)).size; })()`,
  );
  expect(colours).toBeGreaterThan(5);
  expect(await text('#range')).toBe(`points 0 to ${english(rehearsal.instructions)}`);
});

inBrowser('a click on a class tells all of it', async () => {
  // So wide that a click meets it in the view of the whole run.
  const wide = rehearsal.classes.reduce((one, other) =>
    other.last - other.first > one.last - one.first ? other : one,
  );
  const { x, y, width } = (await box('#map')) as Box;
  await browser.click(x + (((wide.first + wide.last) / 2) * width) / (rehearsal.instructions + 1), y + 40);
  const facts = await factsOf();
  expect(facts.points).toContain(`${english(wide.first)} to ${english(wide.last)}`);
  expect(facts.stack).toBe(wide.place.stack.join(' < '));
  expect(facts['ends with']).toContain(wide.conflict!.why);
  expect(await text('#command')).toBe(rehearsal.repeat(wide.first));
});

inBrowser('the next failing class is the next one, and filters leave classes out', async () => {
  const failing = rehearsal.classes.filter(
    ({ judgement }) => judgement !== undefined && judgement !== 'right',
  );
  for (const each of failing.slice(0, 3)) {
    await browser.evaluate(`document.getElementById('next').click()`);
    expect((await factsOf()).outcome).toBe(each.judgement);
    expect(await text('#command')).toBe(rehearsal.repeat(each.first));
  }
  const only = 'crashed';
  await browser.evaluate(
    `for (const label of document.querySelectorAll('#legend label')) if (/^(diverged|hung)/.test(label.textContent)) label.click()`,
  );
  await browser.evaluate(`document.getElementById('next').click()`);
  const next = failing.find(({ judgement, first }) => judgement === only && first > failing[2]!.first);
  expect(await text('#command')).toBe(rehearsal.repeat(next!.first));
});

inBrowser('keys and the wheel zoom and move, and the keyboard selects', async () => {
  await browser.evaluate(`document.getElementById('map').focus()`);
  await browser.press('+');
  await drawn();
  const quarter = Math.floor((rehearsal.instructions + 1) / 4);
  expect(await text('#range')).toContain(`points ${english(quarter)} to`);
  await browser.press('Home');
  await drawn();
  expect(await text('#range')).toContain('points 0 to');
  const { x, y, width } = (await box('#map')) as Box;
  await browser.mouse('mouseWheel', x + width / 2, y + 30, { deltaX: 0, deltaY: -400 });
  await drawn();
  expect(await text('#range')).not.toContain('points 0 to');
  await browser.press('Enter');
  expect((await factsOf()).points).toMatch(/class [\d,]+ of 100,000/);
});

inBrowser('texts of a file are shown as text', async () => {
  const { first, difference } = rehearsal.classes.find((each) => each.difference !== undefined)!;
  await browser.evaluate(
    `document.getElementById('point').value = ${first}, document.querySelector('#go button').click()`,
  );
  expect((await factsOf()).output).toContain(JSON.stringify(difference!.got));
  expect(await browser.evaluate(`document.querySelectorAll('#facts b').length`)).toBe(0);
});

inBrowser('an address that is changed while the page is open shows its point', async () => {
  const { first } = rehearsal.classes[77]!;
  await browser.evaluate(
    `new Promise((done) => { addEventListener('hashchange', done); location.hash = 'point=${first}'; })`,
  );
  expect((await factsOf()).points).toContain('class 78 of');
});

inBrowser('a number that is no point is answered with those that are', async () => {
  const show = (value: string): Promise<unknown> =>
    browser.evaluate(
      `document.getElementById('point').value = ${JSON.stringify(value)}, document.querySelector('#go button').click()`,
    );
  for (const value of [String(rehearsal.instructions + 1), '-1', '0.5', '']) {
    await show(value);
    expect(await text('#no-point')).toBe(`Points are 0 to ${english(rehearsal.instructions)}.`);
  }
  await show('0');
  expect(await text('#no-point')).toBe('');
});

inBrowser('a class that waits and then fails tells both reasons', async () => {
  const { first } = failingWait;
  await browser.evaluate(`location.hash = 'point=${first}'`);
  await drawn();
  expect(await factsOf()).toMatchObject({ waits: 'run is active', why: 'it was ended by SIGSEGV' });
});
