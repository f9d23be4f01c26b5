/** Packages as files: what was written is read, what was changed is refused. */
import { describe, expect, test } from 'vitest';
import {
  diff,
  link,
  LiveProcess,
  makePlan,
  openPackage,
  Program,
  type Package,
} from '#suture/patch/index.js';
import { readPackage, writePackage } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  imageOf,
  ISAS,
  newName,
  PATCHES,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const packageOf = (patch: string, isa: IsaName): Package =>
  link(diff(new Program(imageOf(tellerName(isa))), new Program(imageOf(newName(patch, isa)))));

describe.each(ISAS)('on %s', (isa) => {
  test.each(PATCHES)('the package of %s is read as it was written', (patch) => {
    const made = packageOf(patch, isa);
    const bytes = writePackage(made);
    const read = readPackage(bytes, 'fix.lup');
    expect(read.signature).toEqual({ kind: 'none' });
    expect(read.package).toEqual(made);
    expect(Buffer.compare(writePackage(read.package), bytes)).toBe(0);
    expect(Buffer.compare(writePackage(packageOf(patch, isa)), bytes)).toBe(0);
  });

  test.each(PATCHES)('the package of %s gives the plan that the programs give', (patch) => {
    const target = new EmulatedTarget(start(imageOf(tellerName(isa)), sessionOf('teller-grow')));
    const made = packageOf(patch, isa);
    const read = readPackage(writePackage(made), 'fix.lup').package;
    const plan = makePlan(target, openPackage(read));
    expect(plan).toEqual(makePlan(target, openPackage(made)));
    new LiveProcess(target).update(openPackage(read));
  });
});
