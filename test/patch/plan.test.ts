import { describe, expect, test } from 'vitest';
import { LiveProcess, makePlan, Refusal, type Plan } from '#suture/patch/index.js';
import { EmulatedTarget } from '#suture/target/index.js';
import type { Process } from '#suture/process/process.js';
import {
  faultsName,
  imageOf,
  ISAS,
  patchOf,
  PATCHES,
  sessionOf,
  start,
  tellerName,
  type IsaName,
} from '../support/programs.js';

const teller = (isa: IsaName): Process => start(imageOf(tellerName(isa)), sessionOf('teller-grow'));
const planOf = (patch: string, isa: IsaName): Plan =>
  makePlan(new EmulatedTarget(teller(isa)), patchOf(patch, isa));
const snapshot = (process: Process): string =>
  JSON.stringify([process.memory.regions, process.instructions, ...process.core.state()]);

class Failing extends EmulatedTarget {
  writes = 0;
  constructor(
    process: Process,
    private readonly failAt: number,
  ) {
    super(process);
  }
  override write(address: number, bytes: Uint8Array): void {
    if (this.writes++ === this.failAt) throw new RangeError('the memory is gone');
    super.write(address, bytes);
  }
}

describe.each(ISAS)('a plan on %s', (isa) => {
  test('puts a shrunk body in place', () => {
    const plan = planOf('teller-shrink', isa);
    expect(plan.procedures.map(({ strategy }) => strategy)).toEqual(['in-place']);
    expect(plan.writes.filter(({ phase }) => phase === 'commit')).toHaveLength(1);
  });

  test('gives a grown body new text, its direct calls, and a trampoline', () => {
    const plan = planOf('teller-grow', isa);
    expect(plan.procedures).toMatchObject([{ name: 'compound', strategy: 'call-sites' }]);
    const reasons = plan.writes.map(({ why }) => why);
    expect(reasons).toContainEqual(expect.stringMatching(/^new body of compound/));
    expect(reasons).toContainEqual(expect.stringMatching(/^call of compound in run_forecast/));
    expect(reasons).toContainEqual(expect.stringMatching(/^trampoline at the old entry of compound/));
    expect(plan.notes).toEqual([]);
  });

  test('carries new procedures and strings along', () => {
    const plan = planOf('teller-several', isa);
    expect(plan.procedures.map(({ name, strategy }) => [name, strategy])).toContainEqual([
      'refuse_amount',
      'new',
    ]);
    const strings = plan.writes
      .filter(({ code }) => !code)
      .map(({ after }) => Buffer.from(after).toString('latin1'));
    expect(strings.join()).toContain('amount must be above zero');
  });

  test.each(PATCHES)(
    'of %s never makes memory writable and executable, and says why for every write',
    (patch) => {
      const plan = planOf(patch, isa);
      for (const { protection } of plan.reservations) expect(protection & 3).not.toBe(3);
      for (const write of plan.writes) {
        expect(write.why).not.toBe('');
        expect(write.before?.length).toBe(write.after.length);
      }
    },
  );

  test('never opens text for writing while it can be executed', () => {
    const process = teller(isa);
    const seen: number[] = [];
    class Watching extends EmulatedTarget {
      override protect(start: number, end: number, protection: number): void {
        seen.push(protection);
        super.protect(start, end, protection);
      }
    }
    process.run(1000);
    new LiveProcess(new Watching(process)).update(patchOf('teller-grow', isa)).advance();
    expect(seen).toContain(6);
    expect(seen.filter((protection) => (protection & 3) === 3)).toEqual([]);
    expect(() => {
      new EmulatedTarget(process).protect(0x10000, 0x11000, 7);
    }).toThrow('writable and executable');
  });

  test('is refused by a process of another program, which stays as it was', () => {
    const process = start(imageOf(faultsName(isa)), 'x\n');
    process.run(100);
    const before = snapshot(process);
    const update = (): unknown =>
      new LiveProcess(new EmulatedTarget(process)).update(patchOf('teller-grow', isa));
    expect(update).toThrow(/is not teller\..*: it has build id/);
    expect(snapshot(process)).toBe(before);
  });

  test('is refused when the code to be replaced is not what the file says', () => {
    const process = teller(isa);
    const compound = process.image.symbols.find(({ name }) => name === 'compound')!;
    process.memory.write(compound.address + 8, Uint8Array.of(0xff), true);
    const before = snapshot(process);
    try {
      new LiveProcess(new EmulatedTarget(process)).update(patchOf('teller-grow', isa));
    } catch (error) {
      expect((error as Refusal).reason).toBe('unexpected-bytes');
      expect((error as Refusal).message).toMatch(/^old body of compound: memory holds [0-9a-f]+\.\.\. at 0x/);
    }
    expect.assertions(3);
    expect(snapshot(process)).toBe(before);
  });

  test('applied twice is refused the second time', () => {
    const process = teller(isa);
    const live = new LiveProcess(new EmulatedTarget(process));
    live.update(patchOf('teller-grow', isa)).advance();
    expect(() => live.update(patchOf('teller-grow', isa))).toThrow(/runs already$/);
  });

  test.each(PATCHES)('of %s that fails at any write leaves everything as it was', (patch) => {
    const whole = teller(isa);
    // Start-up: none of the changed procedures is active yet, so the update lands at once.
    whole.run(200);
    const counted = new Failing(whole.fork(), Infinity);
    new LiveProcess(counted).update(patchOf(patch, isa)).advance();
    expect(counted.writes).toBeGreaterThan(0);
    for (let failAt = 0; failAt < counted.writes; failAt++) {
      const process = whole.fork();
      const live = new LiveProcess(new Failing(process, failAt));
      expect(() => live.update(patchOf(patch, isa)).advance()).toThrow('the memory is gone');
      expect(process.memory.differingPages(whole.memory)).toEqual([]);
      expect(snapshot(process)).toBe(snapshot(whole));
    }
  });

  test('that waits too long gives up and leaves everything as it was', () => {
    const process = teller(isa);
    const body = process.image.symbols.find(({ name }) => name === 'compound')!;
    while (process.core.pc <= body.address || process.core.pc >= body.address + body.size)
      process.run(process.instructions + 1);
    const regions = JSON.stringify(process.memory.regions);
    const live = new LiveProcess(new EmulatedTarget(process));
    const update = live.update(patchOf('teller-grow', isa), { deadline: process.instructions + 3 });
    expect(() => update.advance()).toThrow(
      /compound is active and did not return: instruction \d+ came first/,
    );
    expect(JSON.stringify(process.memory.regions)).toBe(regions);
    expect(live.updates).toEqual([]);
  });

  test('cannot be taken back when none was applied', () => {
    expect(() => new LiveProcess(new EmulatedTarget(teller(isa))).rollback()).toThrow(
      'carries no update to take back',
    );
  });
});
