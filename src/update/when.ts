/**
 * The moment at which an update is asked for.
 *
 *     1200             when 1200 instructions have retired
 *     entry:compound   when a thread is about to execute the first instruction of compound
 *     exit:compound#3  when the third call of compound has returned to its caller
 *     output:ready     when a line with `ready` in it has been written to standard output
 *     signal           when somebody outside says so
 */
import { hex, type Image } from '../elf/index.js';

export type When =
  | { kind: 'count'; count: number }
  | { kind: 'entry' | 'exit'; procedure: string; address: number; nth: number }
  | { kind: 'output'; text: string }
  | { kind: 'signal' };

/** A moment that cannot be meant, with what is wrong about it. */
export class WhenError extends Error {
  constructor(text: string, detail: string) {
    super(`${text}: ${detail}`);
    this.name = 'WhenError';
  }
}

const FORMS = 'a number of instructions, entry:PROCEDURE, exit:PROCEDURE, output:TEXT or signal';
const MOST_SUGGESTIONS = 3;

/**
 * Reads a moment in the life of a program.
 *
 * @throws WhenError when the text is none, or names a procedure that the program does not have exactly once.
 *
 * @example
 * parseWhen('entry:compound#2', image); // { kind: 'entry', procedure: 'compound', address: 0x1054c, nth: 2 }
 */
export function parseWhen(text: string, image: Image): When {
  if (/^\d+$/.test(text)) {
    const count = Number(text);
    if (!Number.isSafeInteger(count)) throw new WhenError(text, 'no process executes so many instructions');
    return { kind: 'count', count };
  }
  if (text === 'signal') return { kind: 'signal' };
  const [, kind, rest] = /^(entry|exit|output):(.*)$/s.exec(text) ?? [];
  if (kind === undefined || rest === undefined) throw new WhenError(text, `a moment is ${FORMS}`);
  if (kind === 'output') {
    if (rest === '') throw new WhenError(text, 'it must name a part of the line');
    if (rest.includes('\n')) throw new WhenError(text, 'it must be a part of one line');
    return { kind, text: rest };
  }
  const [, procedure = '', nth = '1'] = /^(.*?)(?:#(\d+))?$/s.exec(rest) ?? [];
  if (procedure === '') throw new WhenError(text, 'it must name a procedure');
  if (Number(nth) < 1) throw new WhenError(text, 'the first time is #1');
  const address = procedureAt(text, procedure, image);
  return { kind: kind as 'entry' | 'exit', procedure, address, nth: Number(nth) };
}

function procedureAt(text: string, name: string, image: Image): number {
  const procedures = image.symbols.filter(({ kind, section }) => kind === 'procedure' && section !== 0);
  const addresses = [...new Set(procedures.filter((p) => p.name === name).map(({ address }) => address))];
  if (addresses.length === 1) return addresses[0]!;
  if (addresses.length > 1) {
    const places = addresses.map(hex).join(', ');
    throw new WhenError(
      text,
      `${image.name} has ${addresses.length} procedures of the name ${name}: ${places}`,
    );
  }
  const similar = procedures.filter((p) => p.name.startsWith(name.slice(0, MOST_SUGGESTIONS)));
  const names = [...new Set(similar.map((p) => p.name))].slice(0, MOST_SUGGESTIONS);
  const hint = names.length === 0 ? '' : `; it has ${names.join(', ')}`;
  throw new WhenError(text, `${image.name} has no procedure ${name}${hint}`);
}

/** As it was written. */
export function whenText(when: When): string {
  switch (when.kind) {
    case 'count':
      return String(when.count);
    case 'signal':
      return 'signal';
    case 'output':
      return `output:${when.text}`;
    default:
      return `${when.kind}:${when.procedure}${when.nth === 1 ? '' : `#${when.nth}`}`;
  }
}
