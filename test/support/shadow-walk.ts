/** Stack walks, held against a shadow stack that calls and returns keep. */
import { expect } from 'vitest';
import type { Image } from '#suture/elf/index.js';
import { LiveProcess, walkThread } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { start } from './programs.js';

/** Expects the walk at every instruction of a session to be right; answers how many procedures were entered. */
export function walksLikeAShadow(image: Image, session: Uint8Array): number {
  const process = start(image, session);
  const isSparc = process.isa.title.includes('SPARC');
  const live = new LiveProcess(new EmulatedTarget(process));
  const procedures = process.image.symbols.filter(({ kind, size }) => kind === 'procedure' && size > 0);
  const at = (pc: number): string =>
    procedures.find(({ address, size }) => pc >= address && pc < address + size)?.name ?? '?';
  const entries = new Set(procedures.map(({ address }) => address));
  const register = (name: string): number =>
    Number(process.core.registers().find((r) => r.name === name)!.value);
  // Where a call that was just made will return to: behind it, or behind its delay slot.
  const link = isSparc ? 'o7' : 'ra';
  const distance = isSparc ? [-4] : [2, 4];
  let shadow = [{ name: at(process.core.pc), returnsTo: 0 }];
  let before = process.core.pc;
  let calls = 0;
  for (let n = 1; process.run(n).kind === 'limit'; n++) {
    const { pc } = process.core;
    if (pc === shadow[0]!.returnsTo) shadow = shadow.slice(1);
    else if (entries.has(pc)) {
      const called = distance.includes(register(link) - before);
      const returnsTo = isSparc ? register(link) + 8 : register(link);
      if (called) shadow = [{ name: at(pc), returnsTo }, ...shadow];
      // A tail call: the new procedure returns for the one that jumped.
      else shadow = [{ ...shadow[0]!, name: at(pc) }, ...shadow.slice(1)];
      calls++;
    }
    const { activations, complete } = walkThread(live.target, live.target.threads[0]!, live.rules.ruleAt);
    const names = activations.map(({ within }) => at(within));
    expect(names.join(' < '), `walk at instruction ${n}`).toBe(shadow.map(({ name }) => name).join(' < '));
    expect(complete, `walk at instruction ${n}`).toBe(true);
    before = pc;
  }
  return calls;
}
