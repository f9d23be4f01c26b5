/** Packages as the command line gets them. */
import type { Image } from '../elf/index.js';
import { diff, link, openPackage, Program, type Diff, type Patch } from '../patch/index.js';

/** The patch of everything that changed. @throws Refusal */
export const patchOf = (comparison: Diff): Patch => openPackage(link(comparison));

/** @throws Refusal */
export const patchBetween = (oldImage: Image, newImage: Image): Patch =>
  patchOf(diff(new Program(oldImage), new Program(newImage)));
