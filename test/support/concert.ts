/** targets/concert: a program with several threads, handlers and timers that plays a theme for each letter. */
import type { ProcessOptions } from '#suture/process/options.js';
import { Process, type ProcessStop } from '#suture/process/process.js';
import { Collected, imageOf, type IsaName } from './programs.js';

export const concertName = (isa: IsaName): string => `targets/concert/concert.${isa}.elf`;

/** More instructions than any theme needs. */
export const WHOLE = 10_000_000;

/** A process with the letters on its standard input, which stays open. */
export function concert(
  isa: IsaName,
  letters: string,
  options: ProcessOptions = {},
): { process: Process; output: Collected } {
  const output = new Collected();
  const process = Process.load(imageOf(concertName(isa)), { output: output.sink, ...options });
  process.input.provide(Buffer.from(lines(letters)));
  return { process, output };
}

/** Plays to the end of the input. */
export function played(
  isa: IsaName,
  letters: string,
  options: ProcessOptions = {},
): { process: Process; stop: ProcessStop; output: string } {
  const { process, output } = concert(isa, letters, options);
  process.input.end();
  return { process, stop: process.run(WHOLE), output: output.text };
}

const lines = (letters: string): string => Array.from(letters, (letter) => `${letter}\n`).join('');

/** Numbers from 0. */
export const count = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

export const ENDED = { kind: 'exited', status: 0 };
