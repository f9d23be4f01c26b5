/** Hashes, keys and signatures. The one file of the patch engine that leaves something to Node. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

/** SHA-256, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

/** Ed25519 (RFC 8032). */
export interface SigningKey {
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** The signature of a message, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** A new pair of keys, both as PEM: PKCS #8 and SubjectPublicKeyInfo. */
export function generateKeys(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The private key of a PEM file; undefined when it is none, or not for Ed25519. */
export function readPrivateKey(pem: string): SigningKey | undefined {
  const key = readKey(() => createPrivateKey(pem));
  if (key === undefined) return undefined;
  return {
    publicKey: rawOf(createPublicKey(key)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The public key of a PEM file, 32 bytes; undefined when it is none, or not for Ed25519. */
export function readPublicKey(pem: string): Uint8Array | undefined {
  // Node would make the public key of a private one: whoever hands that out by mistake should hear of it.
  if (pem.includes('PRIVATE KEY')) return undefined;
  const key = readKey(() => createPublicKey(pem));
  return key && rawOf(key);
}

export function isSignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
  try {
    return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
  } catch {
    return false; // The key is no point of the curve.
  }
}

function readKey(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

const rawOf = (key: KeyObject): Uint8Array =>
  new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x!, 'base64url'));
