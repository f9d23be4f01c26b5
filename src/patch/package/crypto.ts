/** Hashes and signatures. The one file of the patch engine that leaves them to Node. */
import { createHash } from 'node:crypto';

/** SHA-256, 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());
