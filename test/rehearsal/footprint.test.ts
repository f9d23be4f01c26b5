/** What of a program an update has to do with, and where a stack walk may not come to its end. */
import { describe, expect, test } from 'vitest';
import { linkProgram } from '#suture/compare/series/elf.js';
import { MAKERS } from '#suture/compare/series/program.js';
import type { Frame, MadeProcedure } from '#suture/compare/series/code.js';
import { readImage } from '#suture/elf/index.js';
import { isaOf } from '#suture/isa/index.js';
import { Running } from '#suture/patch/index.js';
import { Continuations } from '#suture/rehearsal/continuations.js';
import { doubtsOf, type Footprint } from '#suture/rehearsal/footprint.js';
import { Verdicts } from '#suture/rehearsal/verdict.js';
import { Session } from '#suture/rehearsal/workload.js';
import {
  imageOf,
  ISAS,
  newName,
  patchBetween,
  PLENTY,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const WORD = 4;

/** By ISA: a call to be linked, one through a register, a jump that links nothing, the return of a leaf, and nothing. */
const WORDS: Record<IsaName, Record<'call' | 'callRegister' | 'jumpRegister' | 'ret' | 'nop', number>> = {
  // jal ra; jalr ra, (t0); jr (t0); ret; nop
  rv32: { call: 0xef, callRegister: 0x000280e7, jumpRegister: 0x00028067, ret: 0x8067, nop: 0x13 },
  rv64: { call: 0xef, callRegister: 0x000280e7, jumpRegister: 0x00028067, ret: 0x8067, nop: 0x13 },
  // call; jmpl %g1, %o7; jmpl %g1, %g0; retl; nop
  sparc: {
    call: 0x40000000,
    callRegister: 0x9fc04000,
    jumpRegister: 0x81c04000,
    ret: 0x81c3e008,
    nop: 0x01000000,
  },
};

describe.each(ISAS)('on %s', (isa) => {
  const maker = MAKERS[isa];
  const { call, callRegister, jumpRegister, ret, nop } = WORDS[isa];

  /** Words with a place for a call, which comes third: behind what makes the frame where there is one. */
  const procedure = (name: string, third: number, frame: Frame): MadeProcedure => ({
    name,
    words: [nop, nop, third, nop, ret, nop],
    calls: third === call ? [{ index: 2, callee: 'leaf' }] : [],
    frame,
  });
  const framed: Frame = isa === 'sparc' ? { kind: 'window' } : { kind: 'held', size: 16 };

  test.each<[name: string, procedure: MadeProcedure, loses: boolean]>([
    ['a call in a procedure without a frame', procedure('f', call, { kind: 'none' }), true],
    ['a call through a register in one', procedure('f', callRegister, { kind: 'none' }), true],
    ['a jump in one', procedure('f', jumpRegister, { kind: 'none' }), false],
    ['a procedure that calls nobody', procedure('f', nop, { kind: 'none' }), false],
    ['a call in a procedure that has saved its return address', procedure('f', call, framed), false],
    ['a call in one that nobody has called', procedure('f', call, { kind: 'outermost' }), false],
  ])('a walk is in doubt behind %s: %#', (_, made, loses) => {
    const leaf = procedure('leaf', nop, { kind: 'none' });
    const start = procedure('_start', nop, { kind: 'outermost' });
    const image = readImage(linkProgram(maker, [start, made, leaf]), `made.${isa}.elf`);
    const doubts = doubtsOf(image, isaOf(image));
    const { address } = image.symbols.find(({ name }) => name === 'f')!;
    const at = address + 2 * WORD;
    const step = isaOf(image).instructionSize(new Uint8Array(WORD));
    expect(doubts.changes).toEqual(loses ? [{ start: at, end: at + step }] : []);
  });

  test('code without frame rules cannot be walked', () => {
    const whole = readImage(
      linkProgram(maker, [procedure('_start', nop, { kind: 'outermost' })]),
      `made.${isa}.elf`,
    );
    const image = { ...whole, sections: whole.sections.filter(({ name }) => name !== '.eh_frame') };
    const [segment] = image.segments;
    const step = isaOf(image).instructionSize(new Uint8Array(WORD));
    const all = Array.from({ length: segment!.bytes.length / step }, (_, i) => segment!.address + i * step);
    expect(doubtsOf(image, isaOf(image)).unwalkable).toEqual(all);
    expect(doubtsOf(whole, isaOf(whole)).unwalkable.length).toBeLessThan(all.length);
  });

  describe('the footprint of an update', () => {
    const [first, second, third] = [
      tellerName(isa),
      newName('teller-grow', isa),
      newName('teller-several', isa),
    ].map(imageOf);
    // Both land together: of the second, memory is compared with what it expects only when it lands.
    const patches = [patchBetween(first!, second!), patchBetween(second!, third!)];
    const begin = (point: number): Session => {
      const session = Session.start(first!, { input: new Uint8Array() });
      session.run(point);
      return session;
    };
    const newVerdicts = (): ((session: Session) => Footprint) => {
      const update = { patches, options: {}, patience: PLENTY };
      const verdicts = new Verdicts(first!, update, new Continuations(PLENTY), Running.of(first!));
      return (session) => {
        verdicts.ask(verdicts.standing(session), () => session.fork());
        return verdicts.footprint;
      };
    };

    test('is made once while the plans and the code it is made of stay the same', () => {
      const footprintAt = newVerdicts();
      const footprint = footprintAt(begin(300));
      expect(footprint.exits.length).toBeGreaterThan(0);
      expect(footprintAt(begin(600))).toBe(footprint);
      expect(newVerdicts()(begin(300))).not.toBe(footprint);
    });

    test('is made anew with another plan', () => {
      const footprintAt = newVerdicts();
      const footprint = footprintAt(begin(300));
      const session = begin(300);
      const { start, end } = footprint.reserved[0]!;
      session.process.memory.map(start, end, 4, 'somebody else');
      session.process.mappingsChanged();
      const other = footprintAt(session);
      expect(other.reserved[0]!.start).not.toBe(start);
      expect(footprintAt(begin(300)).reserved).toEqual(footprint.reserved);
    });

    test('is made anew where code nobody may be inside is another one, and has other exits', () => {
      const footprintAt = newVerdicts();
      const footprint = footprintAt(begin(300));
      const session = begin(300);
      const { address: at } = first!.symbols.find(({ name }) => name === 'withdraw')!;
      const isExit = ({ exits }: Footprint): boolean => exits.some(({ start }) => start === at);
      expect(isExit(footprint)).toBe(false);
      const view = new DataView(new ArrayBuffer(WORD));
      view.setUint32(0, ret, !first!.bigEndian);
      session.process.memory.write(at, new Uint8Array(view.buffer), true);
      expect(isExit(footprintAt(session))).toBe(true);
    });
  });
});
