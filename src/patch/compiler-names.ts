/**
 * Names as compilers make them: of a procedure's variants (`f.constprop.0`, `f.isra.0`, `f.part.0`, `f.cold`),
 * of static locals (`count.0`), and of what link-time optimization made private (`f.lto_priv.0`). The numbers
 * are given in the order of the work and mean nothing to the next build.
 */
import type { SymbolEntry } from '../elf/index.js';

/** What a procedure and the cold part that was split from it have in common: they share a frame and registers. */
export const familyOf = (name: string): string => name.replace(/\.cold(\.\d+)?$/, '');

/** With every number replaced by one sign: `f.constprop.#`. */
export const withoutNumbers = (name: string): string =>
  name.includes('.') ? name.replace(/\.\d+(?=\.|$)/g, '.#') : name;

/** What the source calls an object. */
const sourceName = (name: string): string => name.replace(/(\.lto_priv|\.\d+)+$/, '') || name;

/** What the source calls a procedure, and which variant it is: each kind of them is called in its own way. */
const variantName = (name: string): string =>
  withoutNumbers(name).replace(/\.(lto_priv|localalias)(\.#)?/g, '');

/** The same for what should be one thing in both programs: name, scope, and file when it is local. */
export const keyOf = ({ kind, binding, file, name }: SymbolEntry): string =>
  binding === 'local' ? `${kind} ${file ?? ''} ${withoutNumbers(name)}` : `${kind} ${name}`;

/** The same for what may be one thing, in whatever scope and file. */
export const bareKeyOf = ({ kind, name }: SymbolEntry): string =>
  `${kind} ${kind === 'procedure' ? variantName(name) : sourceName(name)}`;
