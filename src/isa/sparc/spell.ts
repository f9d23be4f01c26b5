/** Instructions with names for addresses, as the SPARC assemblers write them. */
import { withOperand } from '../spelling.js';
import type { PartOf, SparcItem } from './body.js';

const HIGH_PARTS: Record<PartOf, string> = {
  absolute: '%hi',
  pc: '%pc22',
  got: '%gdop_hix22',
  thread: '%tle_hix22',
  'got-entry': '%got22',
};
const LOW_PARTS: Record<PartOf, string> = {
  absolute: '%lo',
  pc: '%pc10',
  got: '%gdop_lox10',
  thread: '%tle_lox10',
  'got-entry': '%got10',
};

const HIGH = /%hi\(.*\)/;

export function spell({ form }: SparcItem, text: string, name: string): string {
  if (form.kind === 'high') {
    const plain = text.replace(HIGH, '0');
    return withOperand(plain, `${HIGH_PARTS[form.of]}(${name})`, '!');
  }
  return withOperand(text, form.kind === 'low' ? `${LOW_PARTS[form.of]}(${name})` : name, '!');
}
