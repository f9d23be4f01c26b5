/** Instructions with names for addresses, as the SPARC assemblers write them. */
import { withOperand } from '../spelling.js';
import type { SparcItem } from './body.js';

const HIGH = /%hi\(.*\)/;

export function spell({ form }: SparcItem, text: string, name: string): string {
  if (form.kind === 'high') {
    const plain = text.replace(HIGH, '0');
    return withOperand(plain, `%hi(${name})`, '!');
  }
  return withOperand(text, form.kind === 'low' ? `%lo(${name})` : name, '!');
}
