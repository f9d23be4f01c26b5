/** The digest of a whole process, with SHA-256. */
import { hash } from 'node:crypto';
import type { Core } from '../isa/core.js';
import { Digester } from '../machine/digest.js';
import type { Memory } from '../machine/memory.js';

const digester = new Digester((bytes) => hash('sha256', bytes, 'buffer'));

/**
 * A number in hexadecimal that two processes share exactly when they are in the same state.
 *
 * Time is not in it: whoever's guests can see the count of retired instructions puts it among the kernel's parts.
 *
 * @param harts in an order that is the same in both processes.
 * @param kernel what the kernel knows of the process, in bytes that are equal when that is.
 */
export function stateDigest(
  memory: Memory,
  harts: readonly Core[],
  kernel: readonly Uint8Array[] = [],
): string {
  const hartParts = digester.all(harts.map((hart) => digester.core(hart)));
  const whole = digester.all([digester.memory(memory), hartParts, digester.all(kernel)]);
  return Buffer.from(whole).toString('hex');
}
