/** Hand-written procedures: GNU as for SPARC as the judge of Keystone, for RISC-V as the assembler. Needs binutils. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isaOf } from '#suture/isa/index.js';
import { suture } from '../support/cli.js';
import { imageOf, tellerName } from '../support/programs.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const file = (text: string): string => {
  const path = join(folder, 'fix.s');
  writeFileSync(path, text);
  return path;
};

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'latin1' });
  if (status !== 0) throw new Error(`${command}: ${stderr || String(error)}`);
  return stdout;
}

// prettier-ignore
const LINES = [
  'add %o0, %o1, %o2', 'addx %o0, 5, %o1', 'andcc %l0, -1, %g0', 'or %g1, 0x3ff, %i0', 'xnor %o0, %g0, %o1',
  'sub %g0, %o0, %o1', 'subcc %o0, 4095, %g0', 'umul %o0, %o1, %o2', 'udiv %o0, 0x64, %i1', 'mulscc %o0, %o1, %o2',
  'sll %g1, 3, %g2', 'sra %o0, 31, %o1', 'save %sp, -96, %sp', 'restore', 'restore %i0, 5, %o0', 'ret', 'retl',
  'nop', 'sethi %hi(0x12345678), %g1', 'sethi 0x3fffff, %g2', 'or %g1, %lo(0x12345678), %g1', 'set 0x12345678, %l3',
  'set -5, %o0', 'set 4095, %o0', 'set 100000, %o0', 'mov 7, %o0', 'mov %o1, %o2', 'mov %y, %o0', 'mov %o0, %y',
  'rd %y, %g1', 'wr %g1, 0, %y', 'cmp %o0, %o1', 'cmp %o0, -4096', 'tst %o0', 'clr %g1', 'clr [%o0+4]', 'clrb [%o0]',
  'clrh [%o0+%o1]', 'inc %o0', 'inc 3, %o0', 'inccc %o0', 'dec %o0', 'deccc 4, %o0', 'neg %o0', 'neg %o0, %o1',
  'not %o0', 'not %o0, %o1', 'bset 1, %o0', 'bclr 2, %o0', 'btog 4, %o0', 'btst 8, %o0', 'ld [%g1], %g2',
  'ld [%g1-4], %g2', 'ld [%o0 + %o1], %g2', 'ldub [%o0], %o1', 'ldsh [%o0+2], %o1', 'ldd [%sp+96], %o2',
  'st %g0, [%o1]', 'std %o2, [%sp+64]', 'sth %o2, [%fp-2]', 'ldd [%sp+96], %f2', 'std %f2, [%fp-16]',
  'swap [%o0], %o1', 'ldstub [%o0], %o1', 'fadds %f0, %f1, %f2', 'fmuld %f0, %f2, %f4', 'fdtoi %f2, %f4',
  'fcmpd %f0, %f2', 'jmp %g1', 'jmp %o7+8', 'jmpl %o1+4, %g2', 'call %o1', 'ta 16', 'unimp 8', 'or %r9, 5, %r10',
  'flush %o0',
  'be .L1; nop; .L1: nop', 'bne,a .L2; nop; .L2: nop', 'b .L3; nop; .L3: nop', 'bgeu .L4; nop; .L4: nop',
  'blu,a .L5; nop; .L5: nop', '.L6: bz .L6; nop', 'fbe .L7; nop; .L7: nop', '.L8: bnz,a .L8; nop',
];

test('SPARC instructions are those of GNU as', async () => {
  const text = `deposit:\n${LINES.join('\n')}\n`;
  const [object, raw] = [join(folder, 'fix.o'), join(folder, 'fix.bin')];
  run('sparc64-linux-gnu-as', '-32', '-Av8', '-o', object, file(text));
  run('sparc64-linux-gnu-objcopy', '-O', 'binary', '-j', '.text', object, raw);
  const isa = isaOf(imageOf(tellerName('sparc')));
  const { sections } = await isa.assemble!({ name: 'fix.s', text, address: 0x20000 });
  const words = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('hex').match(/.{8}/g)!;
  expect(words(sections[0]!.bytes)).toEqual(words(readFileSync(raw)));
});

const COMPOUND = `
        .globl compound
compound:
        .cfi_startproc
        beqz a1, 1f
        addi sp, sp, -16
        .cfi_def_cfa_offset 16
        sw ra, 12(sp)
        .cfi_offset ra, -4
        lla a0, .Lmessage
        call print
        la a5, accounts
        lw a0, 8(a5)
        lw ra, 12(sp)
        addi sp, sp, 16
        tail helper
1:      ret
        .cfi_endproc
        .type helper, @function
helper: addi a0, a0, 1
        ret
        .section .rodata
.Lmessage: .string "by hand\\n"
`;

describe.each(['rv32', 'rv64'] as const)('on %s', (isa) => {
  test('procedures are assembled with references to the program, new ones and strings travel', () => {
    const args = ['diff', tellerName(isa), '--asm', file(COMPOUND)];
    const { status, stdout } = suture(args);
    expect(stdout).toMatch(/^changed +procedure +compound/m);
    expect(stdout).toMatch(/^new +procedure +helper/m);
    expect(stdout).toMatch(/\n1 procedure changed.*, 1 new: patchable\n$/);
    expect(status).toBe(0);
    const listing = suture([...args, 'compound']).stdout;
    for (const text of ['call print', 'tail helper', '%pcrel_hi(accounts)', '%pcrel_lo("by hand\\n")']) {
      expect(listing).toContain(text);
    }
  });

  test.each([
    ['compound:\n nop\n bogus a0\n', /^suture: fix\.s:3: unrecognized opcode/],
    ['compound:\n addi a0, a0, 5000\n', /^suture: fix\.s:2: .*5000/],
    ['compound:\n nop\n call nowhere\n', /^suture: fix\.s:3: nowhere is not defined here nor in teller/],
    ['other:\n nop\n', /^suture: fix\.s:1: other is no procedure of teller/],
    ['', /^suture: fix\.s: there is no code in it/],
  ])('%j is one error', (text, message) => {
    const { status, stdout, stderr } = suture(['diff', tellerName(isa), '--asm', file(text)]);
    expect([status, stdout]).toEqual([65, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
