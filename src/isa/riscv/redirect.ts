/**
 * Instructions that send callers of a procedure somewhere else.
 *
 * Reach: `c.j` 2 KiB, `jal` 1 MiB, `auipc`+`jalr` everywhere but two instructions and, for a jump, t1. A
 * call site keeps its length, so a `c.jal` (2 bytes, RV32) can only be sent within 2 KiB and a `jal` within 1 MiB.
 */
import { BodyError } from '../body.js';
import type { CallSite, Redirection } from '../redirect.js';
import type { RiscvItem } from './body.js';
import { transfer } from './place.js';
import type { Xlen } from './table.js';
import { T1, ZERO } from './abi.js';

function assemble(
  link: number,
  at: number,
  to: number,
  size: number,
  xlen: Xlen,
): { bytes: Uint8Array; boundaries: number[] } | undefined {
  try {
    const words = transfer(link, at, to, size, xlen, 'redirection');
    const bytes = words.flatMap(([word, length]) =>
      Array.from({ length }, (_, i) => (word >>> (8 * i)) & 0xff),
    );
    const boundaries = words.length === 1 ? [] : [words[0]![1]];
    return { bytes: Uint8Array.from(bytes), boundaries };
  } catch (error) {
    if (error instanceof BodyError) return undefined;
    throw error;
  }
}

/** The shortest jump that can stand at a procedure's entry. */
export function trampoline(at: number, to: number, xlen: Xlen): Redirection | undefined {
  return assemble(ZERO, at, to, 2, xlen);
}

/** The same call with another destination, in the same bytes; undefined when it does not reach. */
export function redirectCall({ item, address }: CallSite, to: number, xlen: Xlen): Redirection | undefined {
  const { form, size } = item as RiscvItem;
  if (form.kind !== 'transfer') return undefined;
  const redirection = assemble(form.link, address, to, size, xlen);
  return redirection?.bytes.length === size ? redirection : undefined;
}

/**
 * A jump to where the word at `table` points: auipc t1, the load, jalr zero, t1. t1 is nobody's between a call and
 * its procedure.
 */
export function tableJump(at: number, table: number, xlen: Xlen): Redirection {
  const distance = (table - at) | 0;
  const low = (distance << 20) >> 20;
  const width = xlen === 64 ? LD : LW;
  const words = [
    ((distance - low) & 0xfffff000) | (T1 << 7) | AUIPC,
    (low << 20) | (T1 << 15) | (width << 12) | (T1 << 7) | LOAD,
    (T1 << 15) | JALR,
  ];
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setInt32(4 * i, word, true);
  return { bytes, boundaries: [4, 8] };
}

/** Opcodes and widths of loads. */
const AUIPC = 0x17;
const LOAD = 0x03;
const JALR = 0x67;
const LW = 2;
const LD = 3;
