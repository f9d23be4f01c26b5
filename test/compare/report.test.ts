import { expect, test } from 'vitest';
import { compare, measureSeries } from '#suture/compare/index.js';
import { reportPage } from '#suture/compare/report/index.js';
import { crossings } from '#suture/compare/report/plots.js';
import { imageOf, newName, patchOf, sessionOf, tellerName } from '../support/programs.js';

test('lines cross where the dearer call has used up what the cheaper update saved', () => {
  const laws = [
    { strategy: 'trampoline', fixed: 100, slope: 1 },
    { strategy: 'call-sites', fixed: 150, slope: 0 },
    { strategy: 'binding-table', fixed: 100, slope: 3 },
    { strategy: 'restart', fixed: 400, slope: 0 },
  ] as const;
  expect(crossings(laws)).toEqual([
    { calls: 50 / 3, cost: 150, dearer: 'binding-table', cheaper: 'call-sites' },
    { calls: 50, cost: 150, dearer: 'trampoline', cheaper: 'call-sites' },
    { calls: 100, cost: 400, dearer: 'binding-table', cheaper: 'restart' },
    { calls: 300, cost: 400, dearer: 'trampoline', cheaper: 'restart' },
  ]);
});

test('a report is one page without scripts and without anything from elsewhere', () => {
  const [oldImage, newImage] = [imageOf(tellerName('sparc')), imageOf(newName('teller-grow', 'sparc'))];
  const workload = { input: sessionOf('teller-grow'), options: {}, limit: 10_000_000 };
  const patch = patchOf('teller-grow', 'sparc');
  // A price for each thing a handler does, so that every figure has something to show.
  const measureHandler: Parameters<typeof measureSeries>[1] = () => ({
    ...{ instructions: 400, preparation: 90, framesWalked: 4, wordsScanned: 40, wordsWritten: 2 },
  });
  const options = { seed: 1, points: 4, measureHandler };
  const comparison = compare({ ...oldImage, name: '<old & "odd">' }, newImage, patch, workload, options);
  const page = reportPage(comparison, [measureSeries('sparc', undefined, 5)]);
  expect(page).toContain('&lt;old &amp; &quot;odd&quot;&gt; becomes new.sparc.elf');
  expect(page).not.toContain('<old');
  expect(page).not.toMatch(/<script|<link|\bsrc=|url\(|https?:\/\/(?!www\.w3\.org)/);
  const titles = [...page.matchAll(/<h3>(.*?)<\/h3>/g)].map(([, title]) => title);
  expect(titles).toEqual([
    'Cost of the update and of all calls since',
    'Pause over the update points',
    'Wait before the update could be made',
    'Pause over the update points, on the host',
    'Words written in the pause, by call sites of the procedure that is replaced',
    'Words written in the pause, by procedures that are replaced (100 call sites in all)',
    'Frames looked at in the pause, by depth of the stack (frames)',
  ]);
});
