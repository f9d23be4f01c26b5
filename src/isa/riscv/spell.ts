/** Instructions with names for addresses. Source: RISC-V Assembly Programmer's Manual, "Assembler Relocation Functions". */
import { withOperand } from '../spelling.js';
import { GP, RA, REGISTER_NAMES, ZERO } from './abi.js';
import type { RiscvItem, UpperOf } from './body.js';

const PAIR = 8;

const UPPER: Record<UpperOf, string> = {
  absolute: '%hi',
  pc: '%pcrel_hi',
  got: '%got_pcrel_hi',
  thread: '%tprel_hi',
  'thread-got': '%tls_ie_pcrel_hi',
};

export function spell(item: RiscvItem, text: string, name: string): string {
  const { form } = item;
  // `auipc` and `jalr` are one item, and one instruction to people.
  if (form.kind === 'transfer' && item.size === PAIR) return pair(form.link, name);
  return withOperand(text, operand(form, name), '#');
}

function pair(link: number, name: string): string {
  if (link === ZERO) return `tail ${name}`;
  return link === RA ? `call ${name}` : `call ${REGISTER_NAMES[link]!}, ${name}`;
}

function operand(form: RiscvItem['form'], name: string): string {
  if (form.kind === 'upper') return `${UPPER[form.of]}(${name})`;
  if (form.kind !== 'lower') return name;
  if (form.of === 'thread') return `%tprel_lo(${name})`;
  if (form.instruction.baseFields.rs1 === GP) return `%gprel(${name})`;
  return `${form.upper === undefined ? '%lo' : '%pcrel_lo'}(${name})`;
}
