/** Procedures with floating point and instructions of V9: taken apart, put elsewhere, walked. */
import { describe, expect, test } from 'vitest';
import { EM_SPARC, EM_SPARC32PLUS, type FrameRule, type Image } from '#suture/elf/index.js';
import type { Values } from '#suture/isa/pattern.js';
import { L0, O0, O7, SP } from '#suture/isa/sparc/abi.js';
import { takeApart, type SparcBody } from '#suture/isa/sparc/body.js';
import { SparcV9Core } from '#suture/isa/sparc/execute-v9.js';
import { place } from '#suture/isa/sparc/place.js';
import { redirectCall } from '#suture/isa/sparc/redirect.js';
import { R } from '#suture/isa/sparc/relocations.js';
import { NOP } from '#suture/isa/sparc/table.js';
import { exits, walk } from '#suture/isa/sparc/unwind.js';
import { EXECUTE, Memory, READ, WRITE } from '#suture/machine/memory.js';
import { imageOf, tellerName } from '../support/programs.js';
import { bytesOfWords, placeWords, v9 } from '../support/sparc.js';
import { symbolAt } from '../support/symbols.js';

const AT = 0x1000000;
const FAR = 0x40000000;
const UNIMP = 0;
const PLENTY = 1000;

const imageOfMachine = (machine: number): Image => ({ ...imageOf(tellerName('sparc')), machine });

/** A procedure at AT with relocations to another, by offset. */
function bodyOf(words: readonly number[], relocations: Record<number, R> = {}, to = FAR): SparcBody {
  const target = symbolAt('target', to, 4);
  return takeApart(
    imageOfMachine(EM_SPARC32PLUS),
    symbolAt('body', AT, 4 * words.length),
    bytesOfWords(words),
    Object.entries(relocations).map(([offset, type]) => ({
      address: AT + Number(offset),
      type,
      symbol: target,
      addend: 0,
    })),
  );
}

function placedAt(body: SparcBody, address: number): Uint8Array {
  const image = imageOfMachine(EM_SPARC32PLUS);
  return place(body, { address, image, resolve: ({ symbol, addend }) => symbol.address + addend }).bytes;
}

function coreAt(pc: number, code: Uint8Array): SparcV9Core {
  const memory = new Memory(true);
  const start = pc - (pc % 0x1000);
  memory.map(start, start + 0x2000, READ | WRITE | EXECUTE, 'text');
  memory.write(pc, code, true);
  const core = new SparcV9Core(memory);
  core.pc = pc;
  return core;
}

/** Where execution goes when it leaves these bytes. */
function whereItGoes(core: SparcV9Core, start: number, size: number): number {
  for (let n = 1; n < PLENTY && core.pc >= start && core.pc < start + size; n++) core.run(n);
  return core.pc;
}

const mark = (bit: number): number => v9('or', { rd: O0, rs1: O0, simm13: bit });

describe('a body', () => {
  // Conditions that hold: equal, a register that is zero, and operands that compare as equal.
  const holding: [name: string, fields: Values, displacement: string][] = [
    ['be', {}, 'disp22'],
    ['bpe', { xcc: 0, p: 1 }, 'disp19'],
    ['bpe', { xcc: 1, p: 0 }, 'disp19'],
    ['brz', { rs1: L0, p: 1 }, 'disp16'],
    ['fbe', {}, 'disp22'],
    ['fbpe', { fcc: 0, p: 1 }, 'disp19'],
    ['fbpe', { fcc: 2, p: 1 }, 'disp19'],
  ];

  function start(core: SparcV9Core): SparcV9Core {
    core.ccr = 0x44;
    return core;
  }

  test.each(holding)('with %s %o is the same elsewhere', (name, fields, displacement) => {
    const words = [
      v9(name, { ...fields, a: 1, [displacement]: 3 }),
      mark(1),
      mark(2),
      v9(name, { ...fields, a: 0, [displacement]: 3 }),
      mark(4),
      mark(8),
      UNIMP,
    ];
    const body = bodyOf(words);
    expect(body.items.flatMap(({ target }) => target ?? [])).toEqual([12, 24]);
    const bytes = placedAt(body, FAR);
    expect(bytes).toEqual(bytesOfWords(words));
    const core = start(coreAt(FAR, bytes));
    expect(core.run(PLENTY)).toMatchObject({ kind: 'illegal', pc: FAR + 24 });
    expect(core.get(O0)).toBe(1 | 4);
    // How far a branch goes does not count when two builds are compared.
    const longer = bodyOf([v9(name, { ...fields, a: 1, [displacement]: 2 }), NOP, NOP]);
    expect(longer.items[0]!.token).toBe(body.items[0]!.token);
    expect(longer.items[0]!.token).not.toBe(body.items[3]!.token);
  });

  test('of version 8 has no instructions of version 9', () => {
    const words = bytesOfWords([
      v9('fadds', { fd: 1, fs1: 2, fs2: 3 }),
      v9('bpe', { xcc: 0, p: 1, a: 0, disp19: -1 }),
    ]);
    const symbol = symbolAt('body', AT, 8);
    expect(() => takeApart(imageOfMachine(EM_SPARC), symbol, words, [])).toThrow(
      /body\+0x4: 0x24fffff is not a V8 instruction/,
    );
    expect(takeApart(imageOfMachine(EM_SPARC32PLUS), symbol, words, []).items).toHaveLength(2);
  });

  test('keeps operations of no table, which cannot depend on where they are', () => {
    // pause, and a cryptographic operation.
    const words = [0xb7802080, 0x81b00620];
    expect(placedAt(bodyOf(words), FAR)).toEqual(bytesOfWords(words));
    expect(bodyOf(words).items.map(({ token }) => token)).toEqual(words.map((word) => word.toString(16)));
  });

  test.each([0x00c00000, 0x83f00000])('with the transfer %i of no table is refused', (word) => {
    expect(() => bodyOf([word])).toThrow(/body\+0x0: 0x[0-9a-f]+ is not a V9 instruction/);
  });

  test.each(holding)(
    'whose %s %o leaves it without a relocation refers to where it leads',
    (name, fields, displacement) => {
      const [item] = bodyOf([v9(name, { ...fields, a: 0, [displacement]: 9 }), NOP]).items;
      expect(item).toMatchObject({ reference: { role: 'branch', addend: AT + 36 } });
      expect(item).not.toHaveProperty('target');
    },
  );
});

describe('a branch to another procedure', () => {
  const near = AT + 0x8000;
  const beyond16 = AT + 0x30000;
  const beyond19 = AT + 0x200000;

  function goesTo(
    words: readonly number[],
    type: R,
    to: number,
    prepare?: (core: SparcV9Core) => void,
  ): number {
    const bytes = placedAt(bodyOf(words, { 0: type }, to), AT);
    const core = coreAt(AT, bytes);
    prepare?.(core);
    return whereItGoes(core, AT, bytes.length);
  }

  test.each([
    ['bpa', { xcc: 1, p: 1, a: 0 }, R.WDISP19, [near, beyond16, beyond19]],
    ['bpe', { xcc: 0, p: 1, a: 0 }, R.WDISP19, [near, beyond16, beyond19]],
    ['bpe', { xcc: 0, p: 0, a: 1 }, R.WDISP19, [near, beyond16, beyond19]],
    ['fbpe', { fcc: 0, p: 1, a: 0 }, R.WDISP19, [near, beyond16, beyond19]],
    // What version 8 cannot test has no longer form.
    ['bpe', { xcc: 1, p: 1, a: 0 }, R.WDISP19, [near, beyond16]],
    ['fbpe', { fcc: 1, p: 1, a: 0 }, R.WDISP19, [near, beyond16]],
    ['brz', { rs1: L0, p: 1, a: 0 }, R.WDISP16, [near]],
    ['ba', { a: 0 }, R.WDISP22, [near, beyond16, beyond19]],
  ] as [string, Values, R, number[]][])(
    '%s %o reaches as far as it can be written',
    (name, fields, type, reached) => {
      for (const to of [near, beyond16, beyond19, FAR]) {
        for (const place of [to, 2 * AT - to]) {
          const go = (ccr: number): number =>
            goesTo([v9(name, fields), NOP, UNIMP], type, place, (core) => {
              core.ccr = ccr;
              core.fsr = 0;
            });
          if (reached.includes(to)) expect(go(0x44)).toBe(place);
          else expect(() => go(0)).toThrow(/body\+0x0: a branch from .* cannot reach/);
        }
      }
    },
  );

  test('a longer form keeps condition and annul bit', () => {
    const [word] = wordsOf(
      placedAt(bodyOf([v9('bpgu', { xcc: 0, p: 1, a: 1 }), NOP], { 0: R.WDISP19 }, beyond19), AT),
    );
    expect(word).toBe(v9('bgu', { a: 1, disp22: (beyond19 - AT) / 4 }));
  });

  test('the message says how far it reaches', () => {
    expect(() => goesTo([v9('brz', { rs1: L0, p: 1, a: 0 }), NOP], R.WDISP16, FAR)).toThrow('(128 KiB)');
    expect(() => goesTo([v9('bpe', { xcc: 1, p: 1, a: 0 }), NOP], R.WDISP19, FAR)).toThrow('(1024 KiB)');
  });

  test.each([
    ['ba', { a: 0 }],
    ['bpa', { a: 0, xcc: 1, p: 1 }],
  ] as [string, Values][])('%s that the linker made of a call becomes one again', (name, fields) => {
    const words = [v9(name, fields), v9('restore')];
    const body = bodyOf(words, { 0: R.WDISP30 });
    expect(body.items[0]!.token).toBe('call');
    const [word] = wordsOf(placedAt(body, AT));
    expect(word! >>> 30).toBe(1);
    const site = { item: body.items[0]!, address: AT };
    for (const to of [near, beyond19, FAR]) {
      const { bytes } = redirectCall(site, to)!;
      const core = coreAt(AT, Uint8Array.of(...bytes, ...bytesOfWords([NOP])));
      expect(whereItGoes(core, AT, 8)).toBe(to);
    }
  });
});

describe('a leaf’s tail call that the linker made a branch of', () => {
  const KEPT = 1;
  const G1_FROM_O7 = v9('or', { rd: KEPT, rs1: O7, rs2: 0 });
  const O7_FROM_G1 = v9('or', { rd: O7, rs1: KEPT, rs2: 0 });
  const CALLER = 0x5000;
  const body = (to: number, first = G1_FROM_O7): SparcBody =>
    bodyOf([first, v9('ba', { a: 0, disp22: 2 }), NOP, UNIMP], { 4: R.WDISP30 }, to);

  function returnAddressAt(to: number, code: Uint8Array): number {
    const core = coreAt(AT, code);
    core.set(O7, CALLER);
    expect(whereItGoes(core, AT, code.length)).toBe(to);
    return core.get(O7);
  }

  test.each([AT + 0x200000, AT - 0x200000, FAR])(
    'leads to %i, and the callee returns to the caller',
    (to) => {
      const placed = placedAt(body(to), AT);
      expect(returnAddressAt(to, placed)).toBe(CALLER);
      const [, transfer, delay] = wordsOf(placed);
      expect([transfer! >>> 30, delay]).toEqual(to === FAR ? [1, O7_FROM_G1] : [0, NOP]);
    },
  );

  test('is sent elsewhere where it stands, with its delay slot when that has to change', () => {
    const from = body(AT + 0x200000);
    const site = { item: from.items[1]!, address: AT + 4 };
    expect(redirectCall(site, AT + 0x1000)).toMatchObject({ bytes: { length: 4 }, boundaries: [] });
    const { bytes, boundaries } = redirectCall(site, FAR)!;
    expect([bytes.length, boundaries]).toEqual([8, [4]]);
    const code = placedAt(from, AT);
    code.set(bytes, 4);
    expect(returnAddressAt(FAR, code)).toBe(CALLER);
  });

  test('stays a branch when nothing says where the return address is', () => {
    expect(() => placedAt(body(FAR, NOP), AT)).toThrow(/body\+0x4: a branch from .* cannot reach/);
    expect(redirectCall({ item: body(FAR, NOP).items[1]!, address: AT + 4 }, FAR)).toBeUndefined();
  });

  test('that keeps the return address by arithmetic in its delay slot is a call again', () => {
    const words = [v9('ba', { a: 0, disp22: 2 }), v9('add', { rd: O7, rs1: KEPT, simm13: 8 }), UNIMP];
    const code = placedAt(bodyOf(words, { 0: R.WDISP30 }), AT);
    expect(wordsOf(code)[0]! >>> 30).toBe(1);
    const core = coreAt(AT, code);
    core.set(KEPT, CALLER);
    expect(whereItGoes(core, AT, code.length)).toBe(FAR);
    expect(core.get(O7)).toBe(CALLER + 8);
  });
});

const wordsOf = (bytes: Uint8Array): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
};

test('exits are returns, jumps and branches away', () => {
  const words = [
    v9('bpne', { a: 0, xcc: 0, p: 1, disp19: 2 }),
    NOP,
    v9('return', { rs1: 31, simm13: 8 }),
    NOP,
    v9('brnz', { a: 0, rs1: O0, p: 1, disp16: -5 }),
    NOP,
    v9('bpa', { a: 0, xcc: 1, p: 1, disp19: 900 }),
    v9('restore'),
    v9('fbpl', { a: 0, fcc: 1, p: 1, disp19: -9 }),
    v9('fbl', { a: 0, disp22: -2 }),
    v9('call', { disp30: 5000 }),
    NOP,
    v9('jmpl', { rd: 0, rs1: 15, simm13: 8 }),
    NOP,
  ];
  expect(exits(bytesOfWords(words))).toEqual([8, 16, 24, 32, 48]);
});

describe('a walk', () => {
  const STACK = 0x30000;
  const FRAME = 96;
  const OUTER = AT;
  const INNER = AT + 0x100;

  // outer: save; call inner; ...      inner: save; ...; return %i7 + 8; add
  const outer = [
    v9('save', { rd: SP, rs1: SP, simm13: -FRAME }),
    v9('call', { disp30: (INNER - OUTER - 4) / 4 }),
    NOP,
    v9('add', { rd: O0, rs1: O0, simm13: 1 }),
    UNIMP,
  ];
  const inner = [
    v9('save', { rd: SP, rs1: SP, simm13: -FRAME }),
    NOP,
    v9('return', { rs1: 31, simm13: 8 }),
    v9('add', { rd: O0, rs1: O0, simm13: 4 }),
  ];

  // What compilers make when they do not optimize: save; ...; restore; retl; nop
  const unoptimized = [
    v9('save', { rd: SP, rs1: SP, simm13: -FRAME }),
    NOP,
    v9('restore', { rd: 0, rs1: 0, simm13: 0 }),
    v9('jmpl', { rd: 0, rs1: O7, simm13: 8 }),
    NOP,
  ];

  const atEntry: FrameRule = {
    cfaRegister: SP,
    cfaOffset: 0,
    registers: new Map(),
    returnRegister: 15,
    windowSaved: false,
  };
  const withWindow: FrameRule = { ...atEntry, windowSaved: true };
  const ruleAt = (pc: number): FrameRule | undefined => {
    if (pc === OUTER || pc === INNER) return atEntry;
    if (pc > OUTER && pc < OUTER + 4 * outer.length) return withWindow;
    if (pc > INNER && pc < INNER + 4 * unoptimized.length) return withWindow;
    return undefined;
  };

  function stopped(steps: number, callee = inner): { core: SparcV9Core; memory: Memory } {
    const memory = new Memory(true);
    memory.map(AT, AT + 0x1000, READ | EXECUTE, 'text');
    memory.map(STACK, STACK + 0x1000, READ | WRITE, '[ stack ]');
    placeWords(memory, OUTER, outer);
    placeWords(memory, INNER, callee);
    const core = new SparcV9Core(memory);
    core.pc = OUTER;
    core.set(SP, STACK + 0x1000 - FRAME);
    core.set(O7, 0x5000);
    core.run(steps);
    return { core, memory };
  }

  const walked = ({ core, memory }: ReturnType<typeof stopped>) =>
    walk({
      core,
      ruleAt,
      read32: (address) => (memory.find(address) === undefined ? undefined : memory.load32(address)),
      stackTop: STACK + 0x1000,
    });

  const top = STACK + 0x1000 - FRAME;
  const ofOuter = { within: OUTER + 11, returnsTo: 0x5008, frameEnd: top };
  const ofInner = { returnsTo: OUTER + 12, frameEnd: top - FRAME };

  test.each([
    ['in the callee', 5, { ...ofInner, within: INNER + 8 }],
    // The window is the caller's already, and what its ins say is of the caller.
    ['in the delay slot of return', 6, { ...ofInner, within: INNER + 12 }],
  ])('%s', (_, steps, innermost) => {
    const [first, second] = walked(stopped(steps)).activations;
    expect(first).toMatchObject(innermost);
    expect(second).toMatchObject(ofOuter);
  });

  test.each([
    ['before the jump', 6, INNER + 12],
    ['in its delay slot', 7, INNER + 16],
  ])('behind a restore of its own, %s', (_, steps, within) => {
    const [first, second] = walked(stopped(steps, unoptimized)).activations;
    expect(first).toMatchObject({ ...ofInner, within });
    expect(second).toMatchObject(ofOuter);
  });

  test('is not complete where the return address is not what the delay slot leads to', () => {
    const thread = stopped(6);
    thread.core.set(O7, 0x7000);
    const { complete, activations } = walked(thread);
    expect([complete, activations.length, activations[0]!.returnsTo]).toEqual([false, 1, undefined]);
  });
});
