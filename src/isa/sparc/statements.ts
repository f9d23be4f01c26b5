/** The statements of a SPARC assembly file: labels, instructions, and the directives that matter. */
import { AssemblyError } from '../assembly.js';

export interface Statement {
  line: number;
  kind: 'label' | 'instruction' | 'type';
  /** Of the label, of the symbol, or the mnemonic. */
  name: string;
  operands: readonly string[];
}

/** Directives that change nothing here. */
const IDLE = new Set(['.text', '.globl', '.global', '.size', '.proc', '.section']);

/** @throws AssemblyError for a directive that is not offered. */
export function statementsOf(file: string, text: string): Statement[] {
  const plain = text.replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '));
  return plain.split('\n').flatMap((whole, i) => {
    const code = whole.replace(/(!|\/\/).*/, '').replace(/^\s*#.*/, '');
    return code.split(';').flatMap((statement) => parse(file, statement.trim(), i + 1));
  });
}

function parse(file: string, text: string, line: number): Statement[] {
  if (text === '') return [];
  const label = /^([A-Za-z_.$][\w.$]*|\d+):\s*(.*)$/.exec(text);
  if (label !== null) {
    const name = label[1]!;
    if (/^\d/.test(name))
      throw new AssemblyError(file, line, `label ${name}: numbers are not offered; write .L${name}`);
    return [{ line, kind: 'label', name, operands: [] }, ...parse(file, label[2]!, line)];
  }
  const [name = '', rest = ''] = text.split(/\s+(.*)/, 2);
  if (!name.startsWith('.')) {
    return [{ line, kind: 'instruction', name: name.toLowerCase(), operands: operandsOf(rest) }];
  }
  if (name === '.type') {
    const [symbol = '', type = ''] = operandsOf(rest);
    if (/^[#@%]function$/.test(type)) return [{ line, kind: 'type', name: symbol, operands: [] }];
  } else if (IDLE.has(name) && !(name === '.section' && !/^"?\.text/.test(rest))) return [];
  const offered = [...IDLE, '.type NAME, #function'].join(', ');
  throw new AssemblyError(file, line, `${text} is not offered; only code is assembled, with ${offered}`);
}

/** Split at commas, but not within brackets. */
function operandsOf(text: string): string[] {
  return text === '' ? [] : text.split(/,(?![^[(]*[\])])/).map((operand) => operand.trim());
}
