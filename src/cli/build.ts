/** `suture build` makes a package of two programs, `suture keygen` a pair of keys to sign packages with. */
import { basename } from 'node:path';
import {
  diff,
  diffObjects,
  generateKeys,
  instructionsOf,
  link,
  openPackage,
  parseManifest,
  placeIn,
  Program,
  readPackage,
  select,
  writePackage,
  type Diff,
  type Package,
} from '../patch/index.js';
import { loadSuccessor } from './assembly.js';
import { CliError, ExitCode } from './exit-codes.js';
import { createFiles, loadBuild, loadImage, loadObject, readText, replaceFile } from './files.js';
import { printLines } from './guest.js';
import { loadPrivateKey } from './packages.js';

export interface BuildOptions {
  /** The running program, when the builds are those of an object it is linked from. */
  program?: string;
  /** File of hand-written procedures, instead of the newer build. */
  asm?: string;
  output: string;
  manifest?: string;
  only?: string[];
  key?: string;
}

/** Nothing is written unless the package can be read again. */
export async function buildCommand(
  oldFile: string,
  newFile: string | undefined,
  options: BuildOptions,
): Promise<void> {
  const { output, manifest, only, key } = options;
  if (newFile !== undefined && options.asm !== undefined) {
    throw new CliError(
      ExitCode.usage,
      `${newFile} and --asm ${options.asm}: only one of them can be what is new`,
    );
  }
  const signingKey = key === undefined ? undefined : loadPrivateKey(key);
  const instructions =
    manifest === undefined ? undefined : instructionsOf(parseManifest(readText(manifest), manifest));
  const comparison =
    options.program === undefined
      ? await compareBuilds(oldFile, newFile, options.asm)
      : compareObjects(options.program, oldFile, newFile, options.asm);
  const selection = select(comparison, { ...instructions?.select, ...(only && { only }) });
  const { metadata, hooks } = instructions ?? {};
  const made = link(comparison, selection, { ...(metadata && { metadata }), ...(hooks && { hooks }) });
  const bytes = writePackage(made, signingKey);
  openPackage(readPackage(bytes, basename(output)).package);
  replaceFile(output, bytes);
  printLines([
    ...selection.notes,
    `${output}: ${summaryOf(made)}; ${bytes.length} bytes, ${signingKey === undefined ? 'UNSIGNED' : 'signed'}`,
  ]);
}

/** @throws CliError when they are objects: nothing says where they are. */
async function compareBuilds(
  oldFile: string,
  newFile: string | undefined,
  asm: string | undefined,
): Promise<Diff> {
  const old = asm === undefined ? loadBuild(oldFile) : loadImage(oldFile);
  const successor = await loadSuccessor(old, newFile, asm);
  if (!old.relocatable) return diff(new Program(old), new Program(successor));
  throw new CliError(
    ExitCode.usage,
    `${oldFile} and ${newFile} are relocatable objects, without addresses; add --program FILE, the running program`,
  );
}

function compareObjects(
  program: string,
  oldFile: string,
  newFile: string | undefined,
  asm: string | undefined,
): Diff {
  if (asm !== undefined || newFile === undefined) {
    throw new CliError(ExitCode.usage, '--program is for two objects: name the old one and the new one');
  }
  const running = loadImage(program);
  const place = placeIn(running);
  return diffObjects(running, loadObject(oldFile, place), loadObject(newFile, place));
}

function summaryOf({ procedures, data, objects }: Package): string {
  const replaced = procedures.filter(({ replaces }) => replaces !== undefined).length;
  const counts = [
    [replaced, 'replaced'],
    [procedures.length - replaced, 'new'],
    [data.length, 'of data'],
    [objects.length, 'changed in the running program'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

export function keygenCommand(file: string): void {
  if (file === '') throw new CliError(ExitCode.usage, 'keygen needs the name of a file for the private key');
  const { privateKey, publicKey } = generateKeys();
  createFiles([
    { path: file, contents: privateKey, mode: 0o600 },
    { path: `${file}.pub`, contents: publicKey, mode: 0o644 },
  ]);
  printLines([`${file}: the private key; keep it to yourself`, `${file}.pub: the public key, for --trust`]);
}
