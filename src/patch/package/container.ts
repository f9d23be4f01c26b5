/**
 * The file around a package.
 *
 *     offset  bytes
 *          0      8  89 'L' 'U' 'P' 0d 0a 1a 0a, which a transfer as text would break
 *          8      4  version
 *         12      4  bytes of the signature part: 0 or 96
 *         16      4  bytes of the contents
 *         20     32  SHA-256 of the first 20 bytes and the contents
 *         52     96  Ed25519 public key and signature of the first 52 bytes and the key, when it is signed
 *                 *  contents, in CBOR
 *
 * Numbers are big-endian. Nothing of the contents is read before the hash is found right.
 */
import { decodePackage } from './decode.js';
import { isSignature, sha256, type SigningKey } from './crypto.js';
import { encodePackage } from './encode.js';
import { PackageError } from './errors.js';
import type { Package } from './model.js';

const MAGIC = Uint8Array.of(0x89, 0x4c, 0x55, 0x50, 0x0d, 0x0a, 0x1a, 0x0a);
/** Of this layout and of the contents. */
const VERSION = 1;
const HEADER = 20;
const HASH = 32;
const KEY = 32;
const SIGNATURE = 64;
const LARGEST_CONTENTS = 128 << 20;

/** Whether the signature belongs to the package; who signed it is another question. */
export type Signature =
  { kind: 'none' } | { kind: 'good'; publicKey: Uint8Array } | { kind: 'bad'; publicKey: Uint8Array };

export interface ReadPackage {
  package: Package;
  signature: Signature;
}

/**
 * A package as a file, signed when there is a key. The same package and key give the same bytes.
 *
 * @throws PackageError when it is larger than a package may be.
 */
export function writePackage(source: Package, key?: SigningKey): Uint8Array {
  const contents = encodePackage(source);
  if (contents.length > LARGEST_CONTENTS) {
    const detail = `its contents take ${contents.length} bytes; at most ${LARGEST_CONTENTS} are possible`;
    throw new PackageError(source.to.name, 'too-large', detail);
  }
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(8, VERSION);
  view.setUint32(12, key === undefined ? 0 : KEY + SIGNATURE);
  view.setUint32(16, contents.length);
  const head = join(header, sha256(join(header, contents)));
  if (key === undefined) return join(head, contents);
  return join(head, key.publicKey, key.sign(join(head, key.publicKey)), contents);
}

/** Whether a file says that it is a package. */
export const isPackage = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte);

/**
 * The package in a file.
 *
 * @param name the file, for messages.
 * @throws PackageError when it is none, is of another version, damaged, cut short or malformed. A signature that
 * does not belong to it is told, not thrown: whoever applies it must ask `checkSignature`.
 */
export function readPackage(bytes: Uint8Array, name: string): ReadPackage {
  const fail = (problem: PackageError['problem'], detail: string): PackageError =>
    new PackageError(name, problem, detail);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER + HASH) {
    const start = MAGIC.subarray(0, bytes.length).every((byte, i) => bytes[i] === byte);
    if (!start || bytes.length === 0)
      throw fail('not-a-package', 'not a package: it does not begin like one');
    throw fail(
      'truncated',
      `${bytes.length} bytes, less than the ${HEADER + HASH} a package begins with: it is cut short`,
    );
  }
  if (!isPackage(bytes)) throw fail('not-a-package', 'not a package: it does not begin like one');
  const version = view.getUint32(8);
  if (version !== VERSION) {
    throw fail('unknown-version', `a package of version ${version}; this suture reads version ${VERSION}`);
  }
  const signed = view.getUint32(12);
  const size = view.getUint32(16);
  if (signed !== 0 && signed !== KEY + SIGNATURE) {
    throw fail(
      'damaged',
      `its signature takes ${signed} bytes; 0 or ${KEY + SIGNATURE} are possible: it was damaged`,
    );
  }
  if (size > LARGEST_CONTENTS) {
    throw fail('too-large', `its contents take ${size} bytes; at most ${LARGEST_CONTENTS} are possible`);
  }
  const whole = HEADER + HASH + signed + size;
  if (bytes.length < whole) throw fail('truncated', `${bytes.length} bytes of ${whole}: it is cut short`);
  if (bytes.length > whole) {
    throw fail(
      'damaged',
      `${bytes.length} bytes, but the package ends after ${whole}: something was appended`,
    );
  }
  const contents = bytes.subarray(HEADER + HASH + signed);
  const hash = sha256(join(bytes.subarray(0, HEADER), contents));
  if (Buffer.compare(hash, bytes.subarray(HEADER, HEADER + HASH)) !== 0) {
    throw fail('damaged', 'its hash does not belong to its contents: it was damaged or changed');
  }
  return { package: decodePackage(contents, name), signature: signatureOf(bytes, signed) };
}

function signatureOf(bytes: Uint8Array, signed: number): Signature {
  if (signed === 0) return { kind: 'none' };
  const head = bytes.subarray(0, HEADER + HASH + KEY);
  const publicKey = head.slice(HEADER + HASH);
  const signature = bytes.subarray(head.length, head.length + SIGNATURE);
  return { kind: isSignature(publicKey, head, signature) ? 'good' : 'bad', publicKey };
}

/**
 * Who signed a package: a name of `trusted`, public keys by the names of their owners; undefined when nobody
 * is trusted and so nothing is asked.
 *
 * @throws PackageError when the signature is bad; and, when somebody is trusted, when it is none of theirs.
 */
export function checkSignature(
  signature: Signature,
  trusted: ReadonlyMap<string, Uint8Array>,
  name: string,
): string | undefined {
  if (signature.kind === 'bad') {
    throw new PackageError(name, 'bad-signature', 'its signature does not belong to it: it was changed');
  }
  if (trusted.size === 0) return undefined;
  const names = [...trusted.keys()].join(', ');
  if (signature.kind === 'none') {
    throw new PackageError(
      name,
      'unsigned',
      `it is not signed; only packages signed by ${names} are accepted`,
    );
  }
  const signer = signerOf(signature, trusted);
  if (signer !== undefined) return signer;
  const detail = `it is signed by the unknown key ${fingerprint(signature.publicKey)}; only ${names} are trusted`;
  throw new PackageError(name, 'untrusted-key', detail);
}

/** The name whose key made a good signature. */
export function signerOf(signature: Signature, trusted: ReadonlyMap<string, Uint8Array>): string | undefined {
  if (signature.kind !== 'good') return undefined;
  return [...trusted].find(([, key]) => Buffer.compare(key, signature.publicKey) === 0)?.[0];
}

/** A public key in hexadecimal digits. */
export const fingerprint = (publicKey: Uint8Array): string => Buffer.from(publicKey).toString('hex');

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
