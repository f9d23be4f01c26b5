/** What instructions do to the stack pointer, on words written out by hand. */
import { expect, test } from 'vitest';
import type { StackChange } from '#suture/isa/isa.js';
import { isaOf } from '#suture/isa/index.js';
import { imageOf, tellerName, type IsaName } from '../support/programs.js';

const SAID: readonly [isas: IsaName[], text: string, bytes: string, says: StackChange | undefined][] = [
  [['rv32', 'rv64'], 'addi sp, sp, -16', '130101ff', undefined],
  [['rv32', 'rv64'], 'c.addi sp, -16', '4111', undefined],
  [['rv32', 'rv64'], 'c.mv a0, sp', '0a85', undefined],
  [['rv32', 'rv64'], 'c.mv sp, a0', '2a81', 'replaced'],
  [['rv32', 'rv64'], 'c.lwsp sp, 4(sp)', '1241', 'replaced'],
  [['rv32', 'rv64'], 'lw sp, 8(a0)', '03218500', 'replaced'],
  [['rv32', 'rv64'], 'addi sp, s0, -64', '130104fc', 'computed'],
  [['rv32', 'rv64'], 'sub sp, sp, a0', '3301a140', 'computed'],
  [['rv32', 'rv64'], 'sw sp, 8(a0)', '23242500', undefined],
  [['rv64'], 'ld sp, 8(a0)', '03318500', 'replaced'],
  [['sparc'], 'save %sp, -96, %sp', '9de3bfa0', undefined],
  [['sparc'], 'restore', '81e80000', undefined],
  [['sparc'], 'add %sp, -16, %sp', '9c03bff0', undefined],
  [['sparc'], 'mov %o0, %sp', '9c100008', 'replaced'],
  [['sparc'], 'ld [%o0 + 8], %sp', 'dc022008', 'replaced'],
  [['sparc'], 'ld [%o0 + 8], %fp', 'fc022008', 'replaced'],
  [['sparc'], 'ld [%sp + 64], %fp', 'fc03a040', 'replaced'],
  [['sparc'], 'mov %fp, %sp', '9c10001e', 'computed'],
  [['sparc'], 'sub %sp, %g1, %sp', '9c238001', 'computed'],
  [['sparc'], 'st %sp, [%o0 + 8]', 'dc222008', undefined],
];

test.each(SAID.flatMap(([isas, ...said]) => isas.map((isa) => [isa, ...said] as const)))(
  'on %s, %s',
  (isa, _text, bytes, says) => {
    expect(isaOf(imageOf(tellerName(isa))).stackChange(Buffer.from(bytes, 'hex'))).toBe(says);
  },
);
