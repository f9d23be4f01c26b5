/** The program of the handler inside the process, which counts what a pause takes of the process's own instructions. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MeasureHandler } from '../compare/index.js';
import type { Image } from '../elf/index.js';
import { isaOf } from '../isa/index.js';
import { findingText } from '../patch/handler/index.js';
import { measureHandlerPause, Refusal } from '../patch/index.js';
import { loadImage } from './files.js';

const CONSERVATIVE =
  'it knows no frames, so what an earlier call left in a register or on the stack counts, and the supervisor lands there';
const FOLDER = new URL('../../targets/updater/', import.meta.url);

/** Runs the handler of an instruction set on copies of processes; undefined where its program is missing. */
export function handlerMeasure(isa: 'rv32' | 'rv64' | 'sparc'): MeasureHandler | undefined {
  const path = fileURLToPath(new URL(`updater.${isa}.elf`, FOLDER));
  if (!existsSync(path)) return undefined;
  const handler = loadImage(path);
  return (process, plan) => {
    const found = measureHandlerPause(process, plan, handler);
    const { verdict, instructions, preparation, framesWalked, wordsScanned, wordsWritten } = found;
    if (verdict === 'done') return { instructions, preparation, framesWalked, wordsScanned, wordsWritten };
    const why = verdict === 'busy' ? `, since ${findingText(found)}; ${CONSERVATIVE}` : `: ${found.reason}`;
    throw new Refusal('handler-cannot', `the handler inside the process answers ${verdict}${why}`);
  };
}

/** The name of a program's instruction set in the names of files. */
export const isaInFiles = (image: Image): 'rv32' | 'rv64' | 'sparc' =>
  isaOf(image).name === 'sparc' ? 'sparc' : image.bits === 64 ? 'rv64' : 'rv32';
