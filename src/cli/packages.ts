/** Packages and keys as the command line gets them. */
import { basename } from 'node:path';
import { readImage } from '../elf/index.js';
import {
  checkSignature,
  diff,
  fingerprint,
  isPackage,
  link,
  openPackage,
  Program,
  readPackage,
  readPrivateKey,
  readPublicKey,
  type Diff,
  type Patch,
  type ReadPackage,
  type SigningKey,
} from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage, readBytes, readText } from './files.js';
import { checkRedirections, type Redirections } from './redirected.js';

/** Public keys by the names of their owners. */
export type Trusted = ReadonlyMap<string, Uint8Array>;

/** The patch of everything that changed. @throws Refusal */
export const patchOf = (comparison: Diff): Patch => openPackage(link(comparison));

export interface PatchSource {
  /** A package, or the new program. */
  patch: string;
  /** The program it starts from; nothing when the package says that. */
  from?: string | undefined;
  trusted: Trusted;
}

/**
 * A patch from a package or from two programs.
 *
 * @param running the program that runs, from which a patch starts unless something else is said.
 * @throws Refusal, ElfError, PackageError, CliError
 */
export function loadPatch(
  running: string,
  { patch, from, trusted }: PatchSource,
  say: (line: string) => void,
): Patch {
  const bytes = readBytes(patch);
  if (!isPackage(bytes)) {
    if (trusted.size > 0) {
      throw new CliError(ExitCode.usage, `--trust is about packages, and ${patch} is not one`);
    }
    return patchOf(
      diff(new Program(loadImage(from ?? running)), new Program(readImage(bytes, basename(patch)))),
    );
  }
  if (from !== undefined) {
    throw new CliError(
      ExitCode.usage,
      `--from is for a patch made of two programs; ${patch} says what it is for`,
    );
  }
  const name = basename(patch);
  const { package: read, signature } = readPackage(bytes, name);
  const signer = checkSignature(signature, trusted, name);
  if (signer !== undefined) say(`${name}: signed by ${signer}`);
  else if (signature.kind === 'none') say(`${name}: UNSIGNED, not verified: anybody may have made it`);
  else
    say(
      `${name}: signed by ${fingerprint(signature.publicKey)}, not verified: nobody was named with --trust`,
    );
  return openPackage(read, name);
}

/** Patches of which each starts from what the one before makes; the first from the program that runs. */
export function loadPatches(
  running: string,
  files: readonly string[],
  { from, trust: trusted, redirect }: { from?: string; trust: Trusted; redirect?: Redirections },
  say: (line: string) => void,
): Patch[] {
  const patches = files.map((patch, i) => {
    const before = i === 0 ? from : undefined;
    const base = i === 0 ? running : files[i - 1]!;
    return loadPatch(base, { patch, from: before, trusted }, say);
  });
  checkRedirections(redirect, patches);
  return patches;
}

export function loadPackage(path: string): ReadPackage & { bytes: number } {
  const bytes = readBytes(path);
  return { ...readPackage(bytes, basename(path)), bytes: bytes.length };
}

export function loadPrivateKey(path: string): SigningKey {
  const key = readPrivateKey(readText(path));
  if (key !== undefined) return key;
  throw new CliError(ExitCode.badFile, `${path}: no Ed25519 private key in PEM; suture keygen makes one`);
}

/** NAME=FILE, another of those whose signatures are accepted. */
export function trust(text: string, before: Trusted): Trusted {
  const [name = '', ...rest] = text.split('=');
  const path = rest.join('=');
  if (name === '' || path === '') {
    throw new CliError(
      ExitCode.usage,
      `--trust ${text}: it must be NAME=FILE, a name and a file with a public key`,
    );
  }
  if (before.has(name)) throw new CliError(ExitCode.usage, `--trust ${text}: ${name} has a key already`);
  const key = readPublicKey(readText(path));
  if (key !== undefined) return new Map([...before, [name, key]]);
  throw new CliError(
    ExitCode.badFile,
    `${path}: no Ed25519 public key in PEM, as suture keygen puts into FILE.pub`,
  );
}
