/** `--asm FILE`: a new program from hand-written procedures instead of another ELF file. */
import { basename } from 'node:path';
import type { Image } from '../elf/index.js';
import { isaOf } from '../isa/index.js';
import { freeAddress, withAssembly } from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { checkSameKind, loadBuild, readBytes } from './files.js';
import { assembleWithGnu } from './gnu-assembler.js';

/** The newer build of a program: a file, or the program with hand-written procedures. @throws as both do. */
export async function loadSuccessor(
  old: Image,
  file: string | undefined,
  asm: string | undefined,
): Promise<Image> {
  if (asm !== undefined) return loadAssembly(asm, old);
  if (file !== undefined) {
    const successor = loadBuild(file);
    checkSameKind(old, successor);
    return successor;
  }
  throw new CliError(ExitCode.usage, 'name the newer build, or procedures in assembly with --asm FILE');
}

/** @throws CliError, AssemblyError, AssemblerMissing */
async function loadAssembly(file: string, image: Image): Promise<Image> {
  const text = Buffer.from(readBytes(file)).toString();
  const source = { name: basename(file), text, address: freeAddress(image) };
  const part = (await isaOf(image).assemble?.(source)) ?? assembleWithGnu(source, image);
  return withAssembly(image, part, text);
}
