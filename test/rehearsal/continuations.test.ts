/** Patched runs end where their state equals one that is known, unless time is part of what they may see. */
import { expect, test } from 'vitest';
import { Continuations } from '#suture/rehearsal/continuations.js';
import { Session, type Workload } from '#suture/rehearsal/workload.js';
import { OldThenNew } from '#suture/rehearsal/old-then-new.js';
import { referencesOf, runAlone } from '#suture/rehearsal/references.js';
import { bytesOf, imageOf, ISAS, PLENTY, tellerName, type IsaName } from '../support/programs.js';

const input = bytesOf('patches/teller-grow/session.txt');

/** A process of teller at one point, and its judge, who expects another last line if it shall be wrong. */
function begun(isa: IsaName, isWrong = false): Session {
  const image = imageOf(tellerName(isa));
  const workload: Workload = { input };
  const solo = runAlone(image, workload, PLENTY);
  if (isWrong) solo.output.fill(0, -2, -1);
  const { before, after } = referencesOf(solo, solo);
  const session = Session.start(image, workload, new OldThenNew(before, after));
  session.run(1000);
  return session;
}

/** The same state later: the hart has retired more. */
function later(session: Session): Session {
  const fork = session.fork();
  (fork.process.core as { retired: number }).retired += 12;
  return fork;
}

test.each(ISAS)(
  'a run merges with an earlier one that was in the same state, whenever that was, on %s',
  (isa) => {
    const session = begun(isa);
    const continuations = new Continuations(PLENTY);
    expect(continuations.run(session.fork())).toMatchObject({ merged: false, judgement: 'right' });
    expect(continuations.run(later(session))).toMatchObject({ merged: true, judgement: 'right' });
  },
);

test.each(ISAS)(
  'when a clock was read in between, only with one that was there at the same time, on %s',
  (isa) => {
    const session = begun(isa);
    const continuations = new Continuations(PLENTY);
    const first = session.fork();
    const { process } = first;
    process.forgetClock = () => process.now();
    expect(continuations.run(first)).toMatchObject({ merged: false, judgement: 'right' });
    expect(continuations.run(later(session))).toMatchObject({ merged: false, judgement: 'right' });
    const again = new Continuations(PLENTY);
    const other = session.fork();
    const clocked = other.process;
    clocked.forgetClock = () => clocked.now();
    again.run(other);
    expect(again.run(session.fork())).toMatchObject({ merged: true, judgement: 'right' });
  },
);

test('lines of a difference are counted in the run that merges', () => {
  const session = begun('rv64', true);
  const continuations = new Continuations(PLENTY);
  const first = continuations.run(session.fork());
  const other = later(session);
  (other.judge as OldThenNew).lines += 3;
  const second = continuations.run(other);
  expect([first.merged, second.merged]).toEqual([false, true]);
  expect(second.objection!.difference!.line).toBe(first.objection!.difference!.line + 3);
});

test.each(ISAS)('and when the same instructions were retired by the same threads, on %s', (isa) => {
  const image = imageOf(`targets/pool/pool.${isa}.elf`);
  const workload: Workload = { input: bytesOf('patches/pool-score/session.txt') };
  const solo = runAlone(image, workload, PLENTY);
  const { before, after } = referencesOf(solo, solo);
  const session = Session.start(image, workload, new OldThenNew(before, after));
  session.run(Math.floor(solo.instructions / 2));
  const continuations = new Continuations(PLENTY);
  const first = session.fork();
  const { process } = first;
  process.forgetClock = () => process.now();
  expect(continuations.run(first).merged).toBe(false);
  const second = session.fork();
  const [some, others] = second.process.threads.map(({ core }) => core as { retired: number });
  some!.retired += 12;
  others!.retired -= 12;
  expect(second.process.instructions).toBe(session.process.instructions);
  expect(continuations.run(session.fork()).merged).toBe(true);
  expect(continuations.run(second)).toMatchObject({ merged: false, judgement: 'right' });
});
