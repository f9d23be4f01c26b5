import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryFault } from '#suture/isa/core.js';
import { EXECUTE, MAX_REGIONS, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';

const BASE = 0x10000;

function memory(bigEndian = false, protection = READ | WRITE): Memory {
  const result = new Memory(bigEndian);
  result.map(BASE, BASE + 2 * PAGE_SIZE, protection, 'test');
  return result;
}

function faultOf(action: () => unknown): Partial<MemoryFault> {
  try {
    action();
  } catch (error) {
    if (error instanceof MemoryFault)
      return { access: error.access, address: error.address, cause_: error.cause_ };
    throw error;
  }
  throw new Error('no fault');
}

test.each([false, true])('accesses of every width agree with a DataView (big endian: %s)', (bigEndian) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ offset: fc.nat(60), size: fc.constantFrom(1, 2, 4), value: fc.integer() }), {
        maxLength: 40,
      }),
      (stores) => {
        const guest = memory(bigEndian);
        const view = new DataView(new ArrayBuffer(64));
        for (const { offset, size, value } of stores) {
          const at = offset - (offset % size);
          if (size === 1) guest.store8(BASE + at, value);
          else if (size === 2) guest.store16(BASE + at, value);
          else guest.store32(BASE + at, value);
          if (size === 1) view.setUint8(at, value);
          else if (size === 2) view.setUint16(at, value, !bigEndian);
          else view.setUint32(at, value, !bigEndian);
        }
        expect(Buffer.from(guest.read(BASE, 64))).toEqual(Buffer.from(view.buffer));
        for (let at = 0; at < 64; at += 4) {
          expect(guest.load32(BASE + at)).toBe(view.getInt32(at, !bigEndian));
          expect(guest.load16(BASE + at + 2)).toBe(view.getUint16(at + 2, !bigEndian));
          expect(guest.load8(BASE + at + 3)).toBe(view.getUint8(at + 3));
        }
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});

test('blocks of 16 words are moved as their words are, across pages too', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: PAGE_SIZE / 4 - 20, max: PAGE_SIZE / 4 + 3 }),
      fc.array(fc.integer(), { minLength: 16, maxLength: 16 }),
      fc.boolean(),
      (index, words, touched) => {
        const guest = memory(true);
        const address = BASE + 4 * index;
        // What was accessed before takes another way.
        if (touched)
          for (let at = 0; at < 80; at += 4) guest.store32(address + at, guest.load32(address + at));
        const before = guest.fork();
        guest.storeBlock(address, Int32Array.of(7, ...words, 8), 1);
        words.forEach((word, i) => {
          expect(guest.load32(address + 4 * i)).toBe(word);
          expect(before.load32(address + 4 * i)).toBe(0);
        });
        expect(guest.load32(address - 4)).toBe(0);
        expect(guest.load32(address + 4 * words.length)).toBe(0);
        const loaded = new Int32Array(words.length + 2).fill(9);
        guest.loadBlock(address, loaded, 1);
        expect([...loaded]).toEqual([9, ...words, 9]);
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('a block is moved as a whole or not at all', () => {
  const guest = memory();
  guest.protect(BASE + PAGE_SIZE, BASE + 2 * PAGE_SIZE, 0);
  const at = BASE + PAGE_SIZE - 8;
  const fault = { address: BASE + PAGE_SIZE, cause_: 'protected' };
  guest.store32(at, 5);
  expect(
    faultOf(() => {
      guest.storeBlock(at, new Int32Array(16), 0);
    }),
  ).toMatchObject({ access: 'write', ...fault, address: at + 60 });
  expect(guest.load32(at)).toBe(5);
  const words = new Int32Array(16).fill(1);
  expect(
    faultOf(() => {
      guest.loadBlock(at, words, 0);
    }),
  ).toEqual({ access: 'read', ...fault });
  expect([...words]).toEqual(new Array(16).fill(1));
});

describe('faults', () => {
  test('name access, address and cause', () => {
    const guest = memory(false, READ);
    expect(faultOf(() => guest.load32(BASE - 4))).toEqual({
      access: 'read',
      address: BASE - 4,
      cause_: 'unmapped',
    });
    expect(
      faultOf(() => {
        guest.store8(BASE + 5, 1);
      }),
    ).toEqual({ access: 'write', address: BASE + 5, cause_: 'protected' });
    expect(faultOf(() => guest.load32(BASE + 2))).toEqual({
      access: 'read',
      address: BASE + 2,
      cause_: 'misaligned',
    });
    expect(faultOf(() => guest.fetch32(BASE))).toEqual({
      access: 'fetch',
      address: BASE,
      cause_: 'protected',
    });
  });

  test('come on the first page too, and for misaligned addresses there', () => {
    const guest = new Memory(false);
    for (const address of [0, 1, 2, 3]) expect(faultOf(() => guest.load8(address)).cause_).toBe('unmapped');
    expect(faultOf(() => guest.load16(1)).cause_).toBe('misaligned');
    expect(faultOf(() => guest.load32(4)).cause_).toBe('unmapped');
  });

  test('follow a change of permission at once', () => {
    const guest = memory();
    guest.store32(BASE, 1);
    guest.protect(BASE, BASE + PAGE_SIZE, READ);
    expect(
      faultOf(() => {
        guest.store32(BASE, 2);
      }).cause_,
    ).toBe('protected');
    guest.unmap(BASE, BASE + PAGE_SIZE);
    expect(faultOf(() => guest.load32(BASE)).cause_).toBe('unmapped');
  });

  test('of a write over a protected page leave the pages before it alone', () => {
    const guest = memory();
    guest.protect(BASE + PAGE_SIZE, BASE + 2 * PAGE_SIZE, READ);
    expect(
      faultOf(() => {
        guest.write(BASE + PAGE_SIZE - 1, Uint8Array.of(1, 2));
      }).cause_,
    ).toBe('protected');
    expect(guest.load8(BASE + PAGE_SIZE - 1)).toBe(0);
  });
});

describe('forks', () => {
  test('see neither the other writes, whoever writes first', () => {
    const parent = memory();
    parent.store32(BASE, 1);
    const child = parent.fork();
    child.store32(BASE, 2);
    parent.store32(BASE + 4, 3);
    expect([parent.load32(BASE), parent.load32(BASE + 4)]).toEqual([1, 3]);
    expect([child.load32(BASE), child.load32(BASE + 4)]).toEqual([2, 0]);
    const grandchild = child.fork();
    child.store32(BASE, 4);
    expect(grandchild.load32(BASE)).toBe(2);
  });

  test('read what they wrote after reading a shared page', () => {
    const parent = memory();
    parent.store32(BASE, 1);
    const child = parent.fork();
    expect(child.load32(BASE)).toBe(1);
    child.store32(BASE, 2);
    expect(child.load32(BASE)).toBe(2);
  });

  test('differ in exactly the pages that differ', () => {
    const parent = memory();
    const child = parent.fork();
    expect(child.differingPages(parent)).toEqual([]);
    child.store32(BASE + PAGE_SIZE, 1);
    expect(child.differingPages(parent)).toEqual([BASE + PAGE_SIZE]);
    child.store32(BASE + PAGE_SIZE, 0);
    expect(child.differingPages(parent)).toEqual([]);
  });
});

describe('strings', () => {
  const text = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

  test.each([false, true])('end with a NUL, also on the next page (big endian: %s)', (bigEndian) => {
    const guest = memory(bigEndian);
    guest.write(BASE + PAGE_SIZE - 3, Buffer.from('hello\0world\0'));
    expect(text(guest.readString(BASE + PAGE_SIZE - 3, 100))).toBe('hello');
    expect(text(guest.readString(BASE + PAGE_SIZE + 3, 5))).toBe('world');
    expect(text(guest.readString(BASE + PAGE_SIZE + 3, 4))).toBeUndefined();
    expect(text(guest.readString(BASE, 0))).toBe('');
  });

  test('fault where they leave what is mapped', () => {
    const guest = memory();
    guest.write(BASE + 2 * PAGE_SIZE - 2, Buffer.from('ab'));
    expect(faultOf(() => guest.readString(BASE + 2 * PAGE_SIZE - 2, 100))).toEqual({
      access: 'read',
      address: BASE + 2 * PAGE_SIZE,
      cause_: 'unmapped',
    });
    expect(guest.readString(BASE + 2 * PAGE_SIZE - 2, 1)).toBeUndefined();
  });
});

describe('regions', () => {
  test('that are moved take their contents and permissions along', () => {
    const guest = memory();
    guest.store32(BASE + 8, 7);
    guest.protect(BASE, BASE + PAGE_SIZE, READ);
    guest.move(BASE, BASE + 2 * PAGE_SIZE, BASE + 0x800000);
    expect(guest.load32(BASE + 0x800008)).toBe(7);
    expect(
      guest.regions.map(({ start, end, protection }) => [start - BASE, end - start, protection]),
    ).toEqual([
      [0x800000, PAGE_SIZE, READ],
      [0x801000, PAGE_SIZE, READ | WRITE],
    ]);
    expect(faultOf(() => guest.load32(BASE + 8)).cause_).toBe('unmapped');
  });

  test('are not moved onto themselves', () => {
    const guest = memory();
    const move = (to: number) => () => {
      guest.move(BASE, BASE + 2 * PAGE_SIZE, to);
    };
    for (const to of [BASE - PAGE_SIZE, BASE, BASE + PAGE_SIZE]) expect(move(to)).toThrow('onto itself');
    expect(move(2 ** 32 - PAGE_SIZE)).toThrow('not a range of whole pages');
    expect(guest.regions).toEqual(memory().regions);
  });

  test('may be as many as Linux allows', () => {
    const guest = new Memory(false);
    // One page apart, as guard pages leave them.
    for (let i = 1; i <= MAX_REGIONS; i++)
      guest.map(i * 0x2000, i * 0x2000 + PAGE_SIZE, READ | WRITE, 'test');
    expect(guest.regionCount).toBe(MAX_REGIONS);
    expect(guest.find(MAX_REGIONS * 0x2000)?.start).toBe(MAX_REGIONS * 0x2000);
    guest.store8(0x2000, 1);
    guest.protect(0x2000, 2 ** 32 - PAGE_SIZE, READ);
    expect([guest.regionCount, guest.regions.at(-1)?.protection]).toEqual([MAX_REGIONS, READ]);
    guest.unmap(0x3000, 2 ** 32 - PAGE_SIZE);
    expect([guest.regionCount, guest.load8(0x2000)]).toEqual([1, 1]);
  });

  test('are split and joined again by permission', () => {
    const guest = memory();
    guest.protect(BASE, BASE + PAGE_SIZE, READ | EXECUTE);
    expect(guest.regions).toHaveLength(2);
    guest.protect(BASE, BASE + PAGE_SIZE, READ | WRITE);
    expect(guest.regions).toEqual([
      { start: BASE, end: BASE + 2 * PAGE_SIZE, protection: READ | WRITE, name: 'test' },
    ]);
  });

  test('that are mapped anew read as zero', () => {
    const guest = memory();
    guest.store32(BASE, 1);
    guest.map(BASE, BASE + PAGE_SIZE, READ, 'again');
    expect(guest.load32(BASE)).toBe(0);
  });

  test('must be whole pages', () => {
    expect(() => {
      memory().map(BASE + 1, BASE + PAGE_SIZE, READ, 'odd');
    }).toThrow('is not a range of whole pages');
  });
});
