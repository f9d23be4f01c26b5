/** Generated programs under qemu-user and binutils, and the report of a comparison in Chromium. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { compare, MADE_ISAS, measureSeries, type MeasureHandler } from '#suture/compare/index.js';
import { reportPage } from '#suture/compare/report/index.js';
import { makeFiles } from '#suture/compare/series/program.js';
import { Browser, chromium } from '../support/browser.js';
import { imageOf, newName, patchOf, sessionOf, tellerName } from '../support/programs.js';
import { QEMU } from '../support/qemu.js';

const WIDTH = 1280;
const folder = mkdtempSync(join(tmpdir(), 'suture-comparison-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(MADE_ISAS)('generated programs for %s', (isa) => {
  const files = makeFiles(isa, { callSites: 250, procedures: 3, depth: 40 });
  test.each(Object.entries(files))(
    '%s: readelf finds nothing wrong, and qemu-user runs it',
    (name, bytes) => {
      const file = join(folder, `${name}.${isa}.elf`);
      writeFileSync(file, bytes);
      chmodSync(file, 0o755);
      const read = spawnSync('readelf', ['-aW', '--debug-dump=frames', file], { encoding: 'utf8' });
      expect([read.status, read.stderr]).toEqual([0, '']);
      expect(read.stdout).toMatch(/FUNC +GLOBAL +DEFAULT +1 changed2/);
      const ran = spawnSync(QEMU[isa], [file]);
      if (ran.error !== undefined) throw new Error(`${QEMU[isa]} not found: apt-get install qemu-user`);
      expect([ran.status, ran.signal]).toEqual([0, null]);
    },
  );
});

/** Prices made up here, so that every figure has something to show. */
const measureHandler: MeasureHandler = (_process, { writes }) => {
  const wordsWritten = writes.filter(({ phase }) => phase === 'commit').length;
  const instructions = 300 + 12 * wordsWritten;
  return { instructions, preparation: 90, framesWalked: 4, wordsScanned: 40, wordsWritten };
};

test.for(MADE_ISAS)(
  'of the report on %s nothing is cut off, and every axis says what it is',
  async (isa, { skip }) => {
    skip(chromium === undefined, 'Chromium is not installed: apt-get install chromium');
    const [oldImage, newImage] = [imageOf(tellerName(isa)), imageOf(newName('teller-grow', isa))];
    const workload = { input: sessionOf('teller-grow'), options: {}, limit: 10_000_000 };
    const options = { seed: 1, points: 10, measureHandler };
    const comparison = compare(oldImage, newImage, patchOf('teller-grow', isa), workload, options);
    const file = join(folder, `report.${isa}.html`);
    writeFileSync(file, reportPage(comparison, [measureSeries(isa, measureHandler, 100)]));
    const browser = await Browser.open(chromium!, WIDTH, 1000);
    try {
      await browser.show(pathToFileURL(file).href);
      expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(WIDTH);
      // Every text must lie in its own figure.
      const outside = await browser.evaluate(`[...document.querySelectorAll('figure')].flatMap((figure) => {
      const all = figure.getBoundingClientRect();
      return [...figure.querySelectorAll('text')].filter((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return left < all.left || right > all.right || top < all.top || bottom > all.bottom;
      }).map((text) => figure.querySelector('h3').textContent + ': ' + text.textContent);
    })`);
      expect(outside).toEqual([]);
      const labels = (await browser.evaluate(`[...document.querySelectorAll('figure')].map((figure) =>
      [...figure.querySelectorAll('[aria-label$="-axis label"]')].map((label) => label.textContent))`)) as string[][];
      expect(labels.length).toBe(8);
      for (const of of labels) expect(of.length).toBeGreaterThan(0);
      // Two lines or symbols in one figure never look the same.
      const looks = (await browser.evaluate(`[...document.querySelectorAll('figure .legend')].map((legend) =>
      [...legend.querySelectorAll('span')].map((entry) =>
        entry.querySelector('[aria-label="line"]').getAttribute('stroke-dasharray') + entry.querySelector('[aria-label="dot"]').innerHTML))`)) as string[][];
      for (const of of looks) expect(new Set(of).size).toBe(of.length);
    } finally {
      await browser.close();
    }
  },
);
