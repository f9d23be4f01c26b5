/**
 * Old activations that go on in the old text beside new code.
 *
 * They need the old text: of a body that has moved only what the jump at its entry overwrites is gone, and nobody may
 * be there, nor come back to it by a jump of its own. What is replaced in place is as forbidden as ever, and so is a
 * procedure whose cold part is replaced with it: the jumps at their entries would lead from one half of the old into
 * the other half of the new.
 *
 * An old activation may call a new procedure, and a compiler that knew which registers the old one left alone
 * (-fipa-ra) has counted on that. Packages that allow it were made only where no new one writes more, see `clobbers.ts`.
 *
 * A package speaks of the version it starts from alone. Activations of earlier ones, which an earlier update has let
 * go on, have to end before the next update lands: `survivors` says where they may be.
 */
import { hex } from '../elf/index.js';
import { familyOf } from './compiler-names.js';
import { isLongJump, noteRegisterTaken } from './passing.js';
import type { Patch } from './patch.js';
import type { ForbiddenRange, PlacedProcedure, Plan } from './plan.js';
import { Refusal } from './refusal.js';
import type { Running } from './running.js';

/** @throws Refusal when the package does not allow it. */
export function crossVersion(
  running: Running,
  plan: Plan,
  { package: { metadata } }: Patch,
): ForbiddenRange[] {
  if (metadata.consistency !== 'cross-version') {
    throw new Refusal(
      'not-cross-version',
      `${metadata.title}: old activations beside new code are allowed by "consistency": "cross-version" in its manifest`,
    );
  }
  const replaced = plan.procedures.filter(({ strategy }) => strategy !== 'new');
  const inParts = (one: PlacedProcedure): boolean =>
    replaced.some((other) => other !== one && familyOf(other.name) === familyOf(one.name));
  const moved = replaced.filter((one) => one.strategy !== 'in-place' && !inParts(one));
  return plan.forbidden.flatMap((range): ForbiddenRange[] => {
    const procedure = moved.find(({ name }) => name === range.name);
    if (range.kind !== 'procedure' || range.bothWays === true || procedure === undefined) return [range];
    const jump = plan.writes.find(({ phase, address }) => phase === 'commit' && address === range.start);
    if (jump === undefined) return [];
    const end = range.start + jump.after.length;
    refuseReturnTo(running, range, procedure, end);
    if (isLongJump(jump.after)) refuseRegisterTaken(running, procedure);
    return [{ ...range, end }];
  });
}

/** Old text in which activations may go on when nobody is inside `forbidden` alone. */
export function survivors(plan: Plan, forbidden: readonly ForbiddenRange[]): ForbiddenRange[] {
  return plan.forbidden
    .filter((range) => range.kind === 'procedure' && !forbidden.includes(range))
    .map((range) => ({ ...range, name: `the earlier ${range.name}` }));
}

/** The old text must not jump back to where the new jump stands. */
function refuseReturnTo(
  running: Running,
  { start, name }: ForbiddenRange,
  { entry }: PlacedProcedure,
  end: number,
): void {
  const code = running.code(entry);
  const back = code?.body.items.find(
    ({ target }) => target !== undefined && start + code.offsetHere(target) < end,
  );
  if (code !== undefined && back === undefined) return;
  const why =
    back === undefined
      ? 'its old text is not understood'
      : `its old text jumps from ${name}+${hex(back.offset)} to where the jump to the new text would stand`;
  throw new Refusal('not-cross-version', `${name} cannot go on in its old text: ${why}`);
}

/** Old activations call the old entry, whatever became of other calls. */
function refuseRegisterTaken(running: Running, { entry, name }: PlacedProcedure): void {
  const [note] = noteRegisterTaken(running, entry, `the jump at ${name}`);
  if (note === undefined) return;
  throw new Refusal('not-cross-version', `old activations cannot go on: ${note}`);
}
