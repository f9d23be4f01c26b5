/**
 * A generated pair of programs whose size is chosen: how many calls there are of how many procedures that change, and
 * how deep the stack is when the update comes.
 *
 *     _start -> descend -> ... -> descend -> work -> block -> changed procedures
 *               |------ depth ------|        |----- call sites ------|
 *
 * The update comes when `work` is about to execute its first instruction: nobody is inside, and the whole program of
 * calls is still to come.
 */
import { readImage, type Image } from '../../elf/index.js';
import type { MadeProcedure, Maker } from './code.js';
import { linkProgram } from './elf.js';
import { riscvMaker } from './riscv.js';
import { sparcMaker } from './sparc.js';

export const MADE_ISAS = ['rv32', 'rv64', 'sparc'] as const;
export type MadeIsa = (typeof MADE_ISAS)[number];

export const MAKERS: Record<MadeIsa, Maker> = {
  rv32: riscvMaker(32),
  rv64: riscvMaker(64),
  sparc: sparcMaker,
};

/** The size of a program. */
export interface Size {
  /** Direct calls, shared out among the procedures that change. */
  callSites: number;
  procedures: number;
  /** Activations of `descend` on the stack. */
  depth: number;
}

/** The procedure at whose entry the update comes. */
export const UPDATE_AT = 'work';
/** Calls of one procedure of the program; those of many do not fit into what a frame's information tells simply. */
const CALLS_OF_BLOCK = 100;
const OLD_SIZE = 4;
const GROWN_SIZE = 8;

export interface MadePair {
  old: Image;
  /** Procedures have grown, so that they do not fit where they were. */
  grown: Image;
  /** They have the same size. */
  same: Image;
}

/** @throws RangeError for sizes below 1. */
export function makePair(isa: MadeIsa, size: Size): MadePair {
  const { old, grown, same } = makeFiles(isa, size);
  const read = (bytes: Uint8Array, name: string): Image => readImage(bytes, `${name}.${isa}.elf`);
  return { old: read(old, 'old'), grown: read(grown, 'grown'), same: read(same, 'same') };
}

/** The same as ELF files. @throws RangeError */
export function makeFiles(isa: MadeIsa, size: Size): Record<keyof MadePair, Uint8Array> {
  for (const [name, value] of Object.entries(size)) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${name} of a made-up program is ${value}; 1 at least is right`);
  }
  const made = (instructions: number, version: number): Uint8Array =>
    makeProgram(MAKERS[isa], size, instructions, version);
  return { old: made(OLD_SIZE, 1), grown: made(GROWN_SIZE, 2), same: made(OLD_SIZE, 2) };
}

function makeProgram(
  maker: Maker,
  { callSites, procedures, depth }: Size,
  instructions: number,
  version: number,
): Uint8Array {
  const leaves = Array.from({ length: procedures }, (_, i) =>
    maker.leaf(`changed${i}`, instructions, version),
  );
  const blocks: MadeProcedure[] = [];
  for (let site = 0; site < callSites; site += CALLS_OF_BLOCK) {
    const count = Math.min(CALLS_OF_BLOCK, callSites - site);
    const callees = Array.from({ length: count }, (_, i) => `changed${(site + i) % procedures}`);
    blocks.push(maker.caller(`block${blocks.length}`, callees));
  }
  return linkProgram(maker, [
    maker.start('descend', depth - 1),
    maker.descend('descend', UPDATE_AT),
    maker.caller(
      UPDATE_AT,
      blocks.map(({ name }) => name),
    ),
    ...blocks,
    ...leaves,
  ]);
}
