/**
 * Which registers of its caller a body writes. Source: System V ABI SPARC Processor Supplement, "Registers".
 *
 * What is peculiar here: a `save` renames. What a body calls i0 its caller calls o0; what it calls o0 is its
 * caller's only before the `save` and after the `restore`. Both readings count.
 */
import type { RegistersWritten } from '../body.js';
import type { SparcBody } from './body.js';
import { decodeV9 } from './decode.js';
import { Op } from './operations.js';
import { isReturn } from './transfers.js';

const O0 = 8;
const O5 = 13;
const I0 = 24;
const I5 = 29;
const I7 = 31;
const O7 = 15;

export function registersWritten(body: SparcBody): RegistersWritten {
  const registers = new Set<string>();
  let unknownCalls = false;
  const note = (register: number): void => {
    if (register > 0 && register < O0) registers.add(`g${register}`);
    if (register >= O0 && register <= O5) registers.add(`o${register - O0}`);
    if (register >= I0 && register <= I5) registers.add(`o${register - I0}`);
  };
  for (const { word, form } of body.items) {
    if (form.kind === 'transfer' || form.kind === 'branch') continue;
    const instruction = decodeV9(word);
    // An operation of no table may write anything.
    if (instruction === undefined) unknownCalls = true;
    if (instruction === undefined || instruction.row.stores === true) continue;
    const { row, fields } = instruction;
    const { rd, rs1, fd, dd } = fields;
    if (rd !== undefined) note(rd);
    if (isDouble(row.name) && rd !== undefined) note(rd | 1);
    if (fd !== undefined) registers.add(`f${fd}`);
    if (dd !== undefined) {
      registers.add(`f${dd}`);
      registers.add(`f${dd + 1}`);
    }
    if (row.op === Op.ticc || row.op === Op.ticci) registers.add('o0').add('o1');
    const isJump = row.op === Op.jmpl || row.op === Op.jmpli;
    const returns = isReturn(word) || (rd === 0 && (rs1 === I7 || rs1 === O7));
    if (isJump && !returns) unknownCalls = true;
  }
  return { registers, inPassing: new Set(), unknownCalls };
}

/** Whether a pair of registers is loaded. */
const isDouble = (name: string): boolean => name === 'ldd' || name === 'ldda';
