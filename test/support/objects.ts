/**
 * Objects, committed: test/elf/objects has both builds of days.c of patches/jump-table, as
 * `scripts/build-targets jump-table --objects --out DIR` puts them under DIR.
 */
import { readObject, type Image, type ObjectPlace } from '#suture/elf/index.js';
import { bytesOf, type IsaName } from './programs.js';

export const objectName = (build: 'old' | 'new', isa: IsaName): string =>
  `test/elf/objects/${build}.${isa}.o`;

export const objectOf = (build: 'old' | 'new', isa: IsaName, place?: ObjectPlace): Image =>
  readObject(bytesOf(objectName(build, isa)), `${build}.${isa}.o`, place);

/** The program that the old object was linked into, and the one with the new object. */
export const linkedName = (build: 'old' | 'new', isa: IsaName): string =>
  `patches/jump-table/${build}.${isa}.elf`;
