/** Which registers of its caller a body writes. Source: RISC-V ELF psABI, "Register Convention". */
import type { RegistersWritten } from '../body.js';
import { A0, RA, T1, ZERO } from './abi.js';
import type { RiscvBody, RiscvItem } from './body.js';
import { decode, type Instruction } from './decode.js';
import { Op, type Xlen } from './table.js';

/** t0 to t2, a0 to a7, t3 to t6; the floating-point ones have the same numbers but for ft0 to ft7. */
const isTemporary = (register: number): boolean =>
  (register >= 5 && register <= 7) || (register >= 10 && register <= 17) || register >= 28;
const isFloatTemporary = (register: number): boolean => register <= 7 || isTemporary(register);

/** `t0`, where some calls of the compiler's library return to. */
const T0 = 5;

export function registersWritten(body: RiscvBody, xlen: Xlen): RegistersWritten {
  const registers = new Set<string>();
  let unknownCalls = false;
  for (const item of body.items) {
    for (const { base, baseFields } of instructionsOf(item, xlen)) {
      const { rd, fd, rs1 } = baseFields;
      if (rd !== undefined && isTemporary(rd)) registers.add(`x${rd}`);
      if (fd !== undefined && isFloatTemporary(fd)) registers.add(`f${fd}`);
      const returns = rd === ZERO && (rs1 === RA || rs1 === T0);
      if (base.op === Op.jalr && !returns) unknownCalls = true;
      if (base.op === Op.ecall) registers.add(`x${A0}`);
    }
    const { form } = item;
    if (form.kind === 'upper' && isTemporary(form.register)) registers.add(`x${form.register}`);
  }
  // A jump that needs two instructions goes through t1; a call through the register it links.
  const jumps = body.items.some(({ form }) => form.kind === 'transfer' && form.link === ZERO);
  const inPassing = new Set(jumps && !registers.has(`x${T1}`) ? [`x${T1}`] : []);
  return { registers: new Set([...registers, ...inPassing]), inPassing, unknownCalls };
}

function instructionsOf({ form, token }: RiscvItem, xlen: Xlen): Instruction[] {
  if (form.kind === 'lower') return [form.instruction];
  if (form.kind !== 'plain' || token.startsWith('data')) return [];
  const view = new DataView(form.bytes.buffer, form.bytes.byteOffset, form.bytes.byteLength);
  const word = form.bytes.length === 2 ? view.getUint16(0, true) : view.getUint32(0, true);
  const instruction = decode(word, xlen);
  return instruction === undefined ? [] : [instruction];
}
