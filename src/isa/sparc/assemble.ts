/**
 * Assembles SPARC V8 with Keystone.
 *
 * Keystone sees one instruction of the machine at a time, without a symbol in it: it takes calls for words,
 * branches for distances within what it was given, and cuts constants that are too long. So synthetic
 * instructions, labels and references are resolved here, and every word it makes is decoded again and
 * compared with what was written.
 */
import type { Engine, Keystone } from '@alexaltea/keystone-js';
import type { Relocation, SymbolEntry } from '../../elf/index.js';
import { AssemblerMissing, AssemblyError, type AssembledPart, type AssemblySource } from '../assembly.js';
import { REGISTER_NAMES } from './abi.js';
import { decode } from './decode.js';
import { R } from './relocations.js';
import { statementsOf, type Statement } from './statements.js';
import { withoutSynthetics } from './synthetic.js';
import { describing } from './text.js';
import { isBranch, redirected, withoutDisplacement, WORD } from './transfers.js';

const CALL = 0x40000000;
const describe = describing(decode);

let library: Promise<Keystone> | undefined;

/** Keystone is optional, and loaded when it is needed. @throws AssemblerMissing */
async function loadKeystone(): Promise<Keystone> {
  library ??= import('@alexaltea/keystone-js').then(({ default: load }) => load());
  try {
    return await library;
  } catch (error) {
    const advice = 'assembling SPARC needs the npm package @alexaltea/keystone-js';
    throw new AssemblerMissing(`${advice}; npm install @alexaltea/keystone-js (${String(error)})`);
  }
}

/**
 * The code of a file, with relocations for what it refers to.
 *
 * @throws AssemblyError for the first line that is wrong, AssemblerMissing when Keystone is not installed.
 */
export async function assemble(source: AssemblySource): Promise<AssembledPart> {
  const keystone = await loadKeystone();
  const engine = new keystone.Keystone(keystone.ARCH_SPARC, keystone.MODE_SPARC32 | keystone.MODE_BIG_ENDIAN);
  try {
    return new Assembler(source, engine).part();
  } finally {
    engine.close();
  }
}

interface Pending {
  line: number;
  /** Of a branch or call. */
  target: string;
  offset: number;
}

class Assembler {
  private readonly words: number[] = [];
  private readonly labels = new Map<string, number>();
  private readonly symbols = new Map<string, SymbolEntry>();
  private readonly relocations: Relocation[] = [];
  private readonly pending: Pending[] = [];
  private readonly typed = new Set<string>();

  constructor(
    private readonly source: AssemblySource,
    private readonly engine: Engine,
  ) {}

  part(): AssembledPart {
    const { name, text, address } = this.source;
    for (const statement of statementsOf(name, text)) this.statement(statement);
    for (const transfer of this.pending) this.resolve(transfer);
    const bytes = new Uint8Array(this.words.length * WORD);
    const view = new DataView(bytes.buffer);
    this.words.forEach((word, i) => {
      view.setUint32(i * WORD, word);
    });
    const common = {
      type: 'progbits',
      link: 0,
      info: 0,
      allocated: true,
      writable: false,
      threadLocal: false,
    };
    const section = {
      ...common,
      index: 1,
      name: '.assembled',
      address,
      bytes,
      size: bytes.length,
      executable: true,
    };
    return { name, sections: [section], symbols: [...this.symbols.values()], relocations: this.relocations };
  }

  private statement(statement: Statement): void {
    const { line, kind, name } = statement;
    if (kind === 'type') {
      this.typed.add(name);
      const known = this.symbols.get(name);
      if (known !== undefined) known.kind = 'procedure';
    } else if (kind === 'label') this.label(name, line);
    else this.instruction(name, statement.operands, line);
  }

  private label(name: string, line: number): void {
    if (this.labels.has(name)) throw this.error(line, `label ${name} stands here a second time`);
    const offset = this.words.length * WORD;
    this.labels.set(name, offset);
    if (name.startsWith('.L')) return;
    const symbol = this.symbolNamed(name);
    Object.assign(symbol, { address: this.source.address + offset, section: 1, defined: true });
  }

  private instruction(mnemonic: string, operands: readonly string[], line: number): void {
    if (mnemonic === 'set') {
      this.set(operands, line);
      return;
    }
    const target = operands.at(-1) ?? '';
    if (mnemonic === 'call' && operands.length > 0 && !target.startsWith('%')) {
      this.transfer(CALL, target, line);
      return;
    }
    const written = mnemonic === 'call' ? `jmpl ${target}, %o7` : withoutSynthetics(mnemonic, operands);
    if (/^f?b/.test(mnemonic) && isSymbolic(target)) {
      const word = this.assembleOne(written.replace(target, String(2 * WORD)), line);
      if (!isBranch(word)) throw this.error(line, `${mnemonic} is no branch`);
      this.transfer(withoutDisplacement(word), target, line);
      return;
    }
    if (/^f?b\w*(,a)? [-+.\d]/.test(written)) throw this.error(line, 'a branch needs a label');
    this.referring(written, line);
  }

  /** A constant or an address in a register, in as few instructions as it takes. */
  private set([value = '', register = '']: readonly string[], line: number): void {
    const number = numberOf(value);
    if (number !== undefined && number >= -4096 && number <= 4095) {
      this.words.push(this.assembleOne(`or %g0, ${value}, ${register}`, line));
      return;
    }
    if (number !== undefined && (number < -(2 ** 31) || number >= 2 ** 32)) {
      throw this.error(line, `${value} does not fit in 32 bits`);
    }
    this.referring(`sethi %hi(${value}), ${register}`, line);
    this.referring(`or ${register}, %lo(${value}), ${register}`, line);
  }

  /** One instruction with `%hi(symbol)` or `%lo(symbol)` in it, or neither. */
  private referring(written: string, line: number): void {
    const match = /%(hi|lo)\(([^)]*)\)/.exec(written);
    if (match === null || numberOf(match[2]!) !== undefined) {
      this.words.push(this.assembleOne(written, line));
      return;
    }
    const { symbol, addend } = this.expression(match[2]!, line);
    const high = match[1] === 'hi';
    // A value that shows where it went.
    const [placeholder, mask, shift] = high ? [0xaaaaa800, 0x3fffff, 10] : [0x155, 0x1fff, 0];
    const word = this.assembleOne(written.replace(match[0], `%${match[1]!}(${placeholder})`), line);
    if ((word & mask) !== placeholder >>> shift) throw this.error(line, `${match[0]} cannot stand here`);
    this.relocate(high ? R.HI22 : R.LO10, symbol, addend);
    this.words.push((word & ~mask) >>> 0);
  }

  private transfer(word: number, target: string, line: number): void {
    this.pending.push({ line, target, offset: this.words.length * WORD });
    this.words.push(word);
  }

  /** A call or branch, when all labels are known. */
  private resolve({ line, target, offset }: Pending): void {
    const index = offset / WORD;
    const word = this.words[index]!;
    const label = this.labels.get(target);
    if (target.startsWith('.L')) {
      if (label === undefined) throw this.error(line, `there is no label ${target}`);
      const there = redirected(word, label - offset);
      if (there === undefined) throw this.error(line, `${target} is too far away for a branch`);
      this.words[index] = there;
      return;
    }
    const { symbol, addend } = this.expression(target, line);
    this.relocate(word === CALL ? R.WDISP30 : R.WDISP22, symbol, addend, offset);
  }

  private relocate(type: R, symbol: SymbolEntry, addend: number, offset = this.words.length * WORD): void {
    this.relocations.push({ address: this.source.address + offset, type, symbol, addend });
  }

  /** `name`, `name+8` or `name-8`. */
  private expression(text: string, line: number): { symbol: SymbolEntry; addend: number } {
    const match = /^([A-Za-z_.$][\w.$]*)\s*(?:([-+])\s*(\w+))?$/.exec(text.trim());
    const distance = match?.[3] === undefined ? 0 : numberOf(match[3]);
    if (match === null || distance === undefined) {
      throw this.error(line, `${text} is neither a number nor a symbol with a number added`);
    }
    return { symbol: this.symbolNamed(match[1]!), addend: match[2] === '-' ? -distance : distance };
  }

  private symbolNamed(name: string): SymbolEntry {
    let symbol = this.symbols.get(name);
    if (symbol === undefined) {
      const kind = this.typed.has(name) ? 'procedure' : 'untyped';
      const nowhere = { address: 0, size: 0, section: 0, defined: false, file: undefined };
      this.symbols.set(name, (symbol = { name, kind, binding: 'global', ...nowhere }));
    }
    return symbol;
  }

  /** One word from Keystone, and a look at whether it is what was written. */
  private assembleOne(written: string, line: number): number {
    const name = /\s.*?(?<![%\w])([A-Za-z_.$][\w.$]*)/.exec(written)?.[1];
    if (name !== undefined) {
      throw this.error(line, `${name} cannot stand here; write %hi(${name}) and %lo(${name}), or set`);
    }
    const { failed, count, mc } = this.engine.asm(written, 0);
    if (failed || count !== 1 || mc.length !== WORD) {
      throw this.error(line, `${written.trim()} is not an instruction of SPARC V8`);
    }
    const text = describe(mc, 0);
    const [wanted, made] = [normalForm(written), normalForm(text)];
    if (wanted !== made)
      throw this.error(line, `${written.trim()} cannot be encoded; the nearest is ${text}`);
    return new DataView(mc.buffer, mc.byteOffset).getUint32(0);
  }

  private error(line: number, detail: string): AssemblyError {
    return new AssemblyError(this.source.name, line, detail);
  }
}

const isSymbolic = (text: string): boolean => /^[A-Za-z_.$]/.test(text);

function numberOf(text: string): number | undefined {
  const [, minus, digits] = /^(-?)(0x[\da-f]+|\d+)$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (minus === '-' ? -1 : 1);
}

/** Mnemonic, registers and values in order, however they are spelled. */
function normalForm(text: string): string {
  const [mnemonic = '', rest = ''] = text.trim().split(/\s+(.*)/, 2);
  const operands = rest
    .replace(/%hi\(([^)]*)\)/g, (_, value: string) => String((Number(value) & ~0x3ff) >>> 0))
    .replace(/%lo\(([^)]*)\)/g, (_, value: string) => String(Number(value) & 0x3ff))
    // The parts of an address that are nothing.
    .replace(/%g0\s*\+\s*|\s*\+\s*(%g0|0)(?=\s*([\],]|$))/g, '')
    .replace(/([%\w])\s*-\s*(?=\w)/g, '$1+-');
  const tokens = operands.match(/%[a-z]+\d*|-?0x[\da-f]+|-?\d+/gi) ?? [];
  // The manual's sethi takes the upper bits themselves, too.
  const scale = mnemonic === 'sethi' && !rest.includes('%hi') ? 1024 : 1;
  const values = tokens.map((token) => {
    return token.startsWith('%') ? registerName(token) : String(numberOf(token)! * scale);
  });
  return [mnemonic, ...values].join(' ');
}

function registerName(written: string): string {
  const number = /^%r(\d+)$/.exec(written)?.[1];
  const name = number === undefined ? written.slice(1) : (REGISTER_NAMES[Number(number)] ?? written);
  return name === 'o6' ? 'sp' : name === 'i6' ? 'fp' : name;
}
