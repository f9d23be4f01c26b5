/** Instructions as text and as jumps. The text serves where Capstone has none, so it covers what that misses. */
import { REGISTER_NAMES } from './abi.js';
import { displacement, isBranch, isCall, WORD } from './body.js';
import { decode } from './decode.js';

const word = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);

export const instructionSize = (): number => WORD;

export function describe(bytes: Uint8Array): string {
  if (bytes.length < WORD) return `.byte ${[...bytes].map((b) => `0x${b.toString(16)}`).join(', ')}`;
  const instruction = decode(word(bytes));
  if (instruction === undefined) return `.word 0x${word(bytes).toString(16)}`;
  const { row, fields } = instruction;
  const register = (name: string): string => `%${REGISTER_NAMES[fields[name] ?? 0]!}`;
  const second = fields.rs2 !== undefined ? register('rs2') : String(fields.simm13 ?? fields.shcnt ?? 0);
  if (row.name === 'unimp') return `unimp ${fields.const22}`;
  if (row.name === 'rdy') return `rd %y, ${register('rd')}`;
  if (row.name === 'wry') return `wr ${register('rs1')}, ${second}, %y`;
  if (row.name === 'flush') return `flush ${register('rs1')} + ${second}`;
  const memory = row.pattern.match >>> 30 === 3;
  if (memory && row.stores === true) return `${row.name} ${register('rd')}, [${register('rs1')} + ${second}]`;
  if (memory) return `${row.name} [${register('rs1')} + ${second}], ${register('rd')}`;
  return `${row.name} ${register('rs1')}, ${second}, ${register('rd')}`;
}

export function jumpTarget(bytes: Uint8Array, address: number): number | undefined {
  if (bytes.length < WORD) return undefined;
  const instruction = word(bytes);
  return isCall(instruction) || isBranch(instruction)
    ? (address + displacement(instruction)) >>> 0
    : undefined;
}
