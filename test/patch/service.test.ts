/** The service forgets which version answered: updates at different requests soon lead to one state. */
import { expect, test } from 'vitest';
import { LiveProcess } from '#suture/patch/index.js';
import { Process } from '#suture/process/process.js';
import { EmulatedTarget } from '#suture/target/index.js';
import { imageOf, ISAS, patchBetween } from '../support/programs.js';

const REQUESTS = 8;
const POINTS = [100, 30_000, 51_000, 70_500];

test.each(ISAS)('on %s memory and registers are the same whichever request was the first new one', (isa) => {
  const oldImage = imageOf(`targets/service/service.${isa}.elf`);
  const patch = patchBetween(oldImage, imageOf(`patches/service-answer/new.${isa}.elf`));
  const answered = new Set<string>();
  const states = POINTS.map((point) => {
    let text = '';
    const process = Process.load(oldImage, {
      args: ['service', String(REQUESTS)],
      output: (_stream, bytes) => {
        text += Buffer.from(bytes).toString('latin1');
      },
    });
    const target = new EmulatedTarget(process);
    process.run(point);
    new LiveProcess(target).update(patch).advance();
    // Sorting begins when what lies on the stack has been overwritten.
    const sort = oldImage.symbols.find(({ name }) => name === 'sort')!.address;
    while (!text.includes(`\n${REQUESTS - 2}: median`)) target.runTo([], process.instructions + 100);
    expect(target.runTo([sort], process.instructions + 100_000)).toBe('reached');
    answered.add(text);
    return process;
  });
  expect(answered.size).toBe(POINTS.length);
  const [first, ...others] = states;
  for (const other of others) {
    expect(other.memory.differingPages(first!.memory)).toEqual([]);
    expect(other.core.state()).toEqual(first!.core.state());
    expect(other.core.pc).toBe(first!.core.pc);
  }
});
