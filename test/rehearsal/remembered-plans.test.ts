/** Plans are made anew where another one would come out, and only there. */
import { expect, test } from 'vitest';
import { Running } from '#suture/patch/index.js';
import { rememberingPlans } from '#suture/rehearsal/remembered-plans.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, patchOf, start, tellerName } from '../support/programs.js';

const image = imageOf(tellerName('rv64'));
const patch = patchOf('teller-grow', 'rv64');
const target = new EmulatedTarget(start(image, ''));
const running = Running.of(image);

test('a plan is made once while nothing it depends on changes', () => {
  const makePlan = rememberingPlans();
  const plan = makePlan(target, patch, {}, running);
  expect(makePlan(target, patch, {}, running)).toBe(plan);
  expect(makePlan(target, patch, {}, Running.of(image))).toBe(plan);
});

test('each of several patches has a plan of its own', () => {
  const makePlan = rememberingPlans();
  const others = patchOf('teller-shrink', 'rv64');
  const plan = makePlan(target, patch, {}, running);
  const other = makePlan(target, others, {}, running);
  expect(other).not.toBe(plan);
  expect(makePlan(target, patch, {}, running)).toBe(plan);
  expect(makePlan(target, others, {}, running)).toBe(other);
});

test('a plan is made anew where its place is taken, and where something else runs', () => {
  const makePlan = rememberingPlans();
  const plan = makePlan(target, patch, {}, running);
  const { start: from, end } = plan.reservations[0]!;
  const other = new EmulatedTarget(start(image, ''));
  other.reserve(from, end, 6, 'somebody else');
  const moved = makePlan(other, patch, {}, running);
  expect(moved.reservations[0]!.start).not.toBe(from);
  const bound = running.bound(plan, []);
  expect(makePlan(other, patch, {}, bound)).not.toBe(moved);
});
