/** What must hold of every body that is taken apart. */
import { expect } from 'vitest';
import type { SymbolEntry } from '#suture/elf/index.js';
import type { Program } from '#suture/patch/index.js';

/** What the linker left as a detour is put together without it. */
const isDetour = (form: { of?: string }): boolean => (form.of ?? '').includes('got');

/** Puts a body together at its own address, where every instruction must be what it was. */
export function placedWhereItIs(program: Program, procedure: SymbolEntry): void {
  const { address, name } = procedure;
  const body = program.body(procedure);
  const items = body.items as readonly ((typeof body.items)[number] & { form: { of?: string } })[];
  // On SPARC an entry of the GOT cannot be replaced, and what IFUNC chooses is not known.
  const left = items.some(
    ({ form, reference }) => form.of === 'got-entry' || reference?.symbol.kind === 'indirect',
  );
  if (left) return;
  const own = program.data(address, address + body.symbol.size).bytes;
  const { bytes, offsets } = program.isa.place(body, {
    address,
    image: program.image,
    resolve: ({ symbol, addend }) => (symbol.address + addend) >>> 0,
  });
  for (const { offset, size, form, reference } of items) {
    // A call of what no library defined is never made.
    const nowhere = reference?.role === 'call' && !reference.symbol.defined;
    if (isDetour(form) || nowhere) continue;
    const at = offsets.get(offset)!;
    const placed = Buffer.from(bytes.subarray(at, at + size)).toString('hex');
    const original = Buffer.from(own.subarray(offset, offset + size)).toString('hex');
    expect(placed, `${name}+${offset}`).toBe(original);
  }
}
