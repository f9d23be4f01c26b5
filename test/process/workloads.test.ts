/** The programs that speed is measured with: what they compute is known, or at least the same everywhere. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Process } from '#suture/process/process.js';
import { Collected, imageOf, workloadName, WORKLOADS } from '../support/programs.js';

const ISAS = ['rv32', 'rv64', 'sparc'] as const;
const PLENTY = 100_000_000;

function run(
  workload: string,
  isa: (typeof ISAS)[number],
  ...args: string[]
): { output: string; status: number } {
  const output = new Collected();
  const name = workloadName(workload, isa);
  const process = Process.load(imageOf(name), { args: [workload, ...args], output: output.sink });
  process.input.end();
  const stop = process.run(PLENTY);
  if (stop.kind !== 'exited') throw new Error(`${name} stopped with ${stop.kind}`);
  return { output: output.text, status: stop.status };
}

/** The bytes the workloads make of their random numbers. */
function randomBytes(seed: number, size: number): Uint8Array {
  let x = seed;
  return Uint8Array.from({ length: size }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x;
  });
}

function crc32(bytes: Uint8Array): string {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb88320;
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}

test('there are programs of every kind', () => {
  expect(WORKLOADS.length).toBeGreaterThanOrEqual(8);
});

describe.each(ISAS)('on %s', (isa) => {
  test('CRC-32 is that of the host', () => {
    expect(run('crc32', isa, '1').output).toBe(`crc32 ${crc32(randomBytes(88172645, 2 ** 20))}\n`);
  });

  test('SHA-256 is that of the host', () => {
    const digest = createHash('sha256')
      .update(randomBytes(123456789, 2 ** 16))
      .digest('hex');
    expect(run('sha256', isa, '1').output).toBe(`sha256 ${digest}\n`);
  });

  test.each(WORKLOADS)('%s refuses what is no number of rounds', (workload) => {
    const usage = { output: `usage: ${workload} [ROUNDS]\n`, status: 2 };
    expect(run(workload, isa, '1x')).toEqual(usage);
    expect(run(workload, isa, '1', '2')).toEqual(usage);
  });
});

test.each(WORKLOADS)('%s computes the same everywhere, and something else with more rounds', (workload) => {
  const [first, ...others] = ISAS.map((isa) => run(workload, isa, '1'));
  expect(first!.output).toMatch(new RegExp(`^${workload} [0-9a-f]{8,64}\n$`));
  expect(first!.status).toBe(0);
  for (const other of others) expect(other).toEqual(first);
  expect(run(workload, ISAS[0], '2').output).not.toBe(first!.output);
});
