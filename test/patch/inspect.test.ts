import { expect, test } from 'vitest';
import { inspect, Program } from '#suture/patch/index.js';
import { imageOf, ISAS, tellerName } from '../support/programs.js';

test.each(ISAS)('without relocations callers are found by disassembly on %s', (isa) => {
  const image = imageOf(tellerName(isa));
  const callersIn = (program: Program): Map<string, string[]> =>
    new Map(
      inspect(program).procedures.map(({ name, callers }) => [
        name,
        callers
          .filter(({ procedure }) => procedure !== name)
          .map(({ procedure, offset }) => `${procedure}+${offset}`)
          .sort(),
      ]),
    );
  const known = callersIn(new Program(image));
  expect([...known.values()].flat().length).toBeGreaterThan(30);
  expect(callersIn(new Program({ ...image, relocations: [] }))).toEqual(known);
});
