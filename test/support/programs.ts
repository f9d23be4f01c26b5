/** The prebuilt programs, and processes that run them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { basename } from 'node:path';
import { readImage, type Image } from '#suture/elf/index.js';
import { diff, link, openPackage, Program, type Patch } from '#suture/patch/index.js';
import { Process, type ProcessStop } from '#suture/process/process.js';

export const ISAS = ['rv32', 'rv64', 'sparc'] as const;
export type IsaName = (typeof ISAS)[number];
/** The patches of teller. */
export const PATCHES = ['teller-shrink', 'teller-grow', 'teller-several'] as const;

const root = new URL('../../', import.meta.url);

export const pathOf = (name: string): string => fileURLToPath(new URL(name, root));
export const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, root)));
/** The programs that speed is measured with. */
export const WORKLOADS = readdirSync(pathOf('targets/workloads'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => name.slice(0, -2));
export const imageOf = (name: string): Image => readImage(bytesOf(name), basename(name));

/** The program as if it had been built without call-frame information. */
export function withoutFrames(name: string): Image {
  const image = imageOf(name);
  return { ...image, sections: image.sections.filter((section) => section.name !== '.eh_frame') };
}

export const tellerName = (isa: IsaName): string => `targets/teller/teller.${isa}.elf`;
export const newName = (patch: string, isa: IsaName): string => `patches/${patch}/new.${isa}.elf`;
export const faultsName = (isa: IsaName): string => `targets/faults/faults.${isa}.elf`;
export const workloadName = (workload: string, isa: IsaName | 'rv64'): string =>
  `targets/workloads/${workload}.${isa}.elf`;
export const sessionOf = (patch: string): Uint8Array => bytesOf(`patches/${patch}/session.txt`);

export const patchBetween = (oldImage: Image, newImage: Image): Patch =>
  openPackage(link(diff(new Program(oldImage), new Program(newImage))));

export const patchOf = (name: string, isa: IsaName): Patch =>
  patchBetween(imageOf(tellerName(isa)), imageOf(newName(name, isa)));

/** Collects what a process writes. */
export class Collected {
  text = '';
  readonly sink = (_descriptor: number, bytes: Uint8Array): void => {
    this.text += Buffer.from(bytes).toString('latin1');
  };
}

/** A process that has been given all of its input. */
export function start(image: Image, input: Uint8Array | string, output = new Collected()): Process {
  const process = Process.load(image, { output: output.sink });
  process.input.provide(typeof input === 'string' ? Buffer.from(input) : input);
  process.input.end();
  return process;
}

/** More instructions than any of the test programs needs. */
export const PLENTY = 50_000_000;

export function runToEnd(
  image: Image,
  input: Uint8Array | string,
): { stop: ProcessStop; output: string; count: number } {
  const output = new Collected();
  const process = start(image, input, output);
  return { stop: process.run(PLENTY), output: output.text, count: process.instructions };
}
