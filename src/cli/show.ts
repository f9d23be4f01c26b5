/** `suture show`: what is in a package, as text or as JSON. */
import { basename } from 'node:path';
import { hex } from '../elf/index.js';
import { fingerprint, openPackage, signerOf, type Package, type Signature } from '../patch/index.js';
import type { Contents, Destination, PackageObject, PackageReference } from '../patch/package/model.js';
import { ExitCode } from './exit-codes.js';
import { printLines } from './guest.js';
import { loadPackage, type Trusted } from './packages.js';

export interface ShowOptions {
  json?: true;
  trust: Trusted;
}

/** Returns the exit status: whether the signature is good, and one of those asked for. */
export function showCommand(file: string, { json, trust }: ShowOptions): number {
  const { package: shown, signature, bytes } = loadPackage(file);
  openPackage(shown, basename(file));
  const signer = signerOf(signature, trust);
  const state = stateOf(signature, signer);
  if (json === true) {
    const whole = { file: basename(file), bytes, signature: state, ...shown };
    printLines([JSON.stringify(whole, plain, 2)]);
  } else {
    const title = `${basename(file)}: a live update package of ${bytes} bytes`;
    printLines([title, signatureLine(state), '', ...packageLines(shown)].map(printable));
  }
  const wanted = signature.kind !== 'bad' && (trust.size === 0 || signer !== undefined);
  return wanted ? ExitCode.ok : ExitCode.untrusted;
}

interface SignatureState {
  state: 'unsigned' | 'trusted' | 'unknown-key' | 'bad';
  signer?: string;
  publicKey?: string;
}

function stateOf(signature: Signature, signer: string | undefined): SignatureState {
  if (signature.kind === 'none') return { state: 'unsigned' };
  const publicKey = fingerprint(signature.publicKey);
  if (signature.kind === 'bad') return { state: 'bad', publicKey };
  return signer === undefined ? { state: 'unknown-key', publicKey } : { state: 'trusted', signer, publicKey };
}

function signatureLine({ state, signer, publicKey }: SignatureState): string {
  switch (state) {
    case 'unsigned':
      return 'UNSIGNED: anybody may have made it';
    case 'bad':
      return `BAD SIGNATURE: it does not belong to this package (key ${publicKey})`;
    case 'unknown-key':
      return `signed by an UNKNOWN KEY ${publicKey}`;
    case 'trusted':
      return `signed by ${signer} (key ${publicKey})`;
  }
}

/** For JSON: bytes as hexadecimal digits, maps as lists. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
}

/** Control characters, and those that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** What a package says of itself must not move the cursor or change colours. */
const printable = (line: string): string =>
  line.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What a package says, for people. */
export function packageLines(shown: Package): string[] {
  const { metadata, from, to, procedures, data, objects, hooks, references, running } = shown;
  const build = ({ name, buildId }: Package['from']): string => `${name}, build id ${buildId ?? 'none'}`;
  const version = (text: string | undefined): string => (text === undefined ? '' : ` (version ${text})`);
  const fields = [
    ['title', metadata.title],
    ['nature', metadata.nature ?? 'not stated'],
    ['affects', metadata.affects?.join(', ')],
    ['from', build(from) + version(metadata.from)],
    ['to', build(to) + version(metadata.to)],
    ['consistency', metadata.consistency ?? 'activeness'],
    ['deadline', metadata.deadline === undefined ? undefined : `${metadata.deadline} instructions`],
  ] as const;
  return [
    ...fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(12)} ${value}`])),
    ...section('procedures', procedures.flatMap(procedureLines)),
    ...section(
      'data',
      data.map(
        ({ name, contents, writable }) =>
          `${name}: ${writable ? 'variable' : 'constant'}, ${sizeOf(contents)}`,
      ),
    ),
    ...section(
      'objects of the running program',
      objects.flatMap((object) => objectLines(object, shown)),
    ),
    ...section(
      'hooks',
      hooks.map(({ when, name, procedure }) => `${when}: ${name}, ${destinationText(procedure, shown)}`),
    ),
    ...section('references into the running program', referenceLines(references, running)),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];

const sizeOf = ({ size, relocations }: Contents): string =>
  `${size} bytes${relocations.length === 0 ? '' : `, ${relocations.length} relocations`}`;

function procedureLines({ name, contents, replaces, why }: Package['procedures'][number]): string[] {
  const title = `${name}: ${sizeOf(contents)} (${why})`;
  return replaces === undefined ? [title] : [title, `  replaces ${oldText(replaces)}`];
}

const oldText = ({ name, address, size, sha256 }: PackageObject['old']): string =>
  `${name} at ${hex(address)}, ${size} bytes, sha256 ${Buffer.from(sha256).toString('hex')}`;

function objectLines(object: PackageObject, shown: Package): string[] {
  const { decision, old } = object;
  const effects = {
    keep: () => 'its contents stay',
    reset: () => 'gets its new initial value',
    replace: () => 'gets its new contents where it is',
    move: () => 'another takes its place',
    transform: () =>
      object.decision === 'transform' ? `is transformed by ${destinationText(object.procedure, shown)}` : '',
  };
  return [`${old.name}: ${decision}, ${effects[decision]()}`, `  ${oldText(old)}`];
}

function destinationText(to: Destination, { procedures, data, running }: Package): string {
  if (to.kind === 'absolute') return hex(to.value);
  if (to.kind === 'procedure') return `${procedures[to.index]!.name} of the package`;
  if (to.kind === 'data') return `${data[to.index]!.name} of the package`;
  const { name, address } = running[to.index]!;
  return `${name} at ${hex(address)} of the running program`;
}

/** Each thing of the running program once, with how many references lead to it. */
function referenceLines(references: readonly PackageReference[], running: Package['running']): string[] {
  const counts = running.map(() => 0);
  for (const { destination: to } of references) if (to.kind === 'running') counts[to.index]!++;
  return running.map(({ name, address, size }, i) => {
    const times = counts[i] === 1 ? '' : `, ${counts[i]} places in it`;
    return `${name} at ${hex(address)}, ${size} bytes${times}`;
  });
}
