/** Which suture this is, to the byte: two that are both called 0.1.0 need not find the same. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const COMPILED = new URL('../', import.meta.url);
const DIGITS = 16;

/** Hexadecimal, of the names and contents of all compiled files; wherever they lie, it is the same. */
export function ownDigest(): string {
  const sum = createHash('sha256');
  const names = readdirSync(COMPILED, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.js'))
    .sort();
  for (const name of names) {
    const contents = readFileSync(new URL(name, COMPILED));
    sum.update(`${name}\0${contents.length}\0`).update(contents);
  }
  return sum.digest('hex').slice(0, DIGITS);
}
