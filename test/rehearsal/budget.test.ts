/** A budget in runs ends a rehearsal at the same class however many workers there are. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { RunBudget } from '#suture/cli/budget.js';
import type { PointClass } from '#suture/rehearsal/index.js';
import { suture } from '../support/cli.js';
import { seededNumbers } from '../support/numbers.js';
import { newName } from '../support/programs.js';
import { pointClass } from '../support/rehearsals.js';

describe('what is taken', () => {
  const landing = (point: number): PointClass => pointClass(point, point, { ranInstructions: 10 });
  const free = (point: number): PointClass => pointClass(point, point, { ranInstructions: 0 });
  const refused = (point: number): PointClass => pointClass(point, point, { decision: 'refused' });
  const PARTS = [
    [landing(0), free(1), landing(2)],
    [refused(10), landing(11), free(12)],
    [],
    [landing(30), landing(31)],
  ];

  /** What a budget takes when workers tell pieces of the parts, each in its order, in the order of `turns`. */
  function taken(runs: number, turns: Iterable<number>): { firsts: number[]; wentOn: boolean } {
    const firsts: number[] = [];
    const budget = new RunBudget(runs, (found) => {
      firsts.push(...found.map(({ first }) => first));
      return true;
    });
    const rests = PARTS.map((part) => [...part]);
    let wentOn = true;
    for (const part of turns) {
      const next = rests[part]!.shift();
      wentOn = next === undefined ? budget.finish(part) : budget.tell([next], part);
    }
    return { firsts, wentOn };
  }

  const inOrder = PARTS.flatMap((part, index) => Array.from({ length: part.length + 1 }, () => index));

  test.each([
    [1, [0], false],
    [2, [0, 1, 2], false],
    [3, [0, 1, 2, 10, 11], false],
    [5, [0, 1, 2, 10, 11, 12, 30, 31], false],
    [6, [0, 1, 2, 10, 11, 12, 30, 31], true],
  ])('%d runs pay for the first classes, whoever is told first', (runs, firsts, wentOn) => {
    expect(taken(runs, inOrder)).toEqual({ firsts, wentOn });
    const next = seededNumbers(runs);
    for (let i = 0; i < 50; i++) {
      const shuffled = inOrder
        .map((part) => ({ part, key: next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ part }) => part);
      expect(taken(runs, shuffled), shuffled.join()).toEqual({ firsts, wentOn });
    }
  });

  test('what is held counts when it ends early', () => {
    const firsts: number[] = [];
    const budget = new RunBudget(3, (found) => {
      firsts.push(...found.map(({ first }) => first));
      return true;
    });
    budget.tell(PARTS[3]!, 3);
    budget.tell([landing(11)], 1);
    expect(firsts).toEqual([]);
    budget.takeHeld();
    expect(firsts).toEqual([11, 30, 31]);
  });
});

describe('a rehearsal', () => {
  const Report = z.object({
    seed: z.int(),
    undecided: z.array(z.object({ first: z.int(), last: z.int() })),
    classes: z.array(z.looseObject({ decision: z.string() })),
  });
  const Reports = z.union([Report.transform((report) => [report]), z.array(Report)]);
  const SERVICE = ['targets/service/service.rv64.elf', newName('service-answer', 'rv64')];

  const reports = (...options: string[]): z.infer<typeof Reports> => {
    const { status, stdout, stderr } = suture([
      'rehearse',
      ...SERVICE,
      '--json',
      ...options,
      '--',
      '10',
      '1',
    ]);
    expect([status, stderr]).toEqual([83, '']);
    return Reports.parse(JSON.parse(stdout));
  };

  /** Without what a run cost, which depends on what its worker had seen before. */
  const found = (...options: string[]): unknown[] =>
    reports(...options).map(({ seed, undecided, classes }) => ({
      ...{ seed, undecided },
      classes: classes.map((each) => ({ ...each, ranInstructions: undefined, merged: undefined })),
    }));

  test('decides the same points with one worker and with three', () => {
    const budget = ['--budget', '7runs', '--jobs'];
    expect(found(...budget, '3')).toEqual(found(...budget, '1'));
  });

  test('has the whole budget for every seed', () => {
    const budget = ['--budget', '4runs', '--jobs', '2'];
    expect(found(...budget, '--seeds', '2')).toEqual([
      ...found(...budget, '--seed', '0'),
      ...found(...budget, '--seed', '1'),
    ]);
  });

  test('tells as many runs as it pays for, also where two parts found one class', () => {
    const { stdout } = suture([
      ...['rehearse', 'targets/tasks/tasks.rv32.elf', newName('figure-2-activeness', 'rv32')],
      ...['--stdin', 'patches/figure-2-activeness/session.txt', '--budget', '20runs', '--json'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ runs: 20 });
  });
});
