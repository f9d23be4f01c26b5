/** Hand-written procedures for SPARC, by Keystone; test/oracles has RISC-V, and GNU as for both. */
import { describe, expect, test } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import type { AssembledPart } from '#suture/isa/assembly.js';
import { isaOf } from '#suture/isa/index.js';
import { diff, freeAddress, LiveProcess, Program, withAssembly } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import {
  Collected,
  imageOf,
  patchBetween,
  PLENTY,
  sessionOf,
  start,
  tellerName,
} from '../support/programs.js';

const teller = imageOf(tellerName('sparc'));

const assemble = (text: string): Promise<AssembledPart> =>
  isaOf(teller).assemble!({ name: 'fix.s', text, address: freeAddress(teller) });

const patched = async (text: string): Promise<Image> => withAssembly(teller, await assemble(text), text);

/** Seven cents, whatever is asked. */
const SEVEN = `
! Each forecast is the same.
        .globl compound
compound:
        cmp %i0, 0
        be,a .Lend
         mov 7, %o0
        set 7, %o0              ! 7 either way
.Lend:  retl
        nop
`;

test('only what was written is changed', async () => {
  const { verdicts } = diff(new Program(teller), new Program(await patched(SEVEN)));
  const others = verdicts.filter(({ verdict }) => verdict !== 'unchanged');
  expect(others.map(({ name, verdict }) => [name, verdict])).toEqual([['compound', 'changed']]);
});

test('a table that holds a static procedure by section and offset is as it was', async () => {
  const bySection = teller.relocations.filter(({ symbol }) => symbol.kind === 'section');
  const addresses = new Set(bySection.map(({ symbol, addend }) => symbol.address + addend));
  const procedure = teller.symbols.find(
    ({ kind, address }) => kind === 'procedure' && addresses.has(address),
  )!;
  const successor = await patched(`${procedure.name}:\n retl\n nop\n`);
  const { verdicts } = diff(new Program(teller), new Program(successor));
  const others = verdicts.filter(({ verdict }) => verdict !== 'unchanged');
  expect(others.map(({ name }) => name)).toEqual([procedure.name]);
});

test('it lands in a running process, and is taken back', async () => {
  const session = sessionOf('teller-grow');
  const forecasts = (text: string): string[] => text.match(/(?<=forecast )\S+/g) ?? [];
  const run = async (rollback: boolean): Promise<string[]> => {
    const output = new Collected();
    const process = start(teller, session, output);
    process.run(700);
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(patchBetween(teller, await patched(SEVEN))).advance();
    if (rollback) live.rollback().advance();
    expect(process.run(PLENTY)).toMatchObject({ kind: 'exited' });
    return forecasts(output.text);
  };
  const before = new Collected();
  start(teller, session, before).run(PLENTY);
  expect(await run(false)).toEqual(forecasts(before.text).map(() => '0.07'));
  expect(await run(true)).toEqual(forecasts(before.text));
});

test('references are relocations, and labels are none', async () => {
  const part = await assemble(`
deposit:
        save %sp, -96, %sp
        sethi %hi(accounts+8), %g1
        ld [%g1 + %lo(accounts+8)], %g2
        call record
        bne,a .Lout
        ba print
        nop
.Lout:  ret
        restore
`);
  const { address } = part.sections[0]!;
  expect(part.relocations.map((r) => [r.address - address, r.type, r.symbol.name, r.addend])).toEqual([
    [4, 9, 'accounts', 8],
    [8, 12, 'accounts', 8],
    [12, 7, 'record', 0],
    [20, 8, 'print', 0],
  ]);
  const word = (offset: number): string =>
    Buffer.from(part.sections[0]!.bytes.subarray(offset, offset + 4)).toString('hex');
  // The register and the immediate bit of `ld [%g1 + 0], %g2`, and a branch of three words.
  expect([word(8), word(16)]).toEqual(['c4006000', '32800003']);
});

test('a new procedure says that it is one', async () => {
  const text = 'deposit:\n call helper\n nop\n .type helper, #function\nhelper:\n retl\n nop\n';
  const { verdicts } = diff(new Program(teller), new Program(await patched(text)));
  expect(verdicts.find(({ name }) => name === 'helper')).toMatchObject({ verdict: 'new', new: { size: 8 } });
});

describe('a mistake is one error with its line', () => {
  test.each([
    ['bogus %g1', 'fix.s:2: bogus %g1 is not an instruction of SPARC V8'],
    ['or %g1, 5000, %g1', 'fix.s:2: or %g1, 5000, %g1 cannot be encoded; the nearest is or %g1, -3192, %g1'],
    [
      'cmp %g1, 4096',
      'fix.s:2: subcc %g1, 4096, %g0 cannot be encoded; the nearest is subcc %g1, -4096, %g0',
    ],
    ['st %o0, [%g1 + 0x3ffff]', 'fix.s:2: st %o0, [%g1 + 0x3ffff] cannot be encoded'],
    ['sethi 0x7fffff, %g1', 'fix.s:2: sethi 0x7fffff, %g1 cannot be encoded'],
    ['sll %g1, 40, %g1', 'fix.s:2: sll %g1, 40, %g1 cannot be encoded'],
    ['set 0x1ffffffff, %o0', 'fix.s:2: 0x1ffffffff does not fit in 32 bits'],
    ['ba 8', 'fix.s:2: a branch needs a label'],
    ['ba .Lx', 'fix.s:2: there is no label .Lx'],
    ['call 0x1000', 'fix.s:2: 0x1000 is neither a number nor a symbol'],
    [
      'ld [%g1 + accounts], %g2',
      'fix.s:2: accounts cannot stand here; write %hi(accounts) and %lo(accounts)',
    ],
    ['call nowhere', 'fix.s:2: nowhere is not defined here nor in teller.sparc.elf'],
    ['.word 5', 'fix.s:2: .word 5 is not offered'],
    ['1: nop', 'fix.s:2: label 1: numbers are not offered; write .L1'],
    ['nop\ndeposit: nop', 'fix.s:3: label deposit stands here a second time'],
    ['nop\nother: nop', 'fix.s:3: other is no procedure of teller.sparc.elf'],
    ['', 'fix.s:1: deposit has no instructions'],
  ])('%j', async (line, message) => {
    await expect(patched(`deposit:\n${line}\n`)).rejects.toThrow(message);
  });

  test('a file without a procedure', async () => {
    await expect(patched('nop\n')).rejects.toThrow('fix.s: no label names a procedure of teller.sparc.elf');
  });
});
