import { expect, test } from 'vitest';
import { abis } from '#suture/process/abi/index.js';
import { fileCalls } from '#suture/process/calls/files.js';

test('every call that is served is one that Linux has', () => {
  const known = new Set(abis.flatMap(({ calls }) => [...calls.values()]));
  expect(Object.keys(fileCalls).filter((name) => !known.has(name))).toEqual([]);
});
