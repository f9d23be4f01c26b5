/** A program that links the handler: signals that come while somebody is inside, and while it works. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { GrantedDirectory } from '#suture/cli/host-directory.js';
import { SI_USER } from '#suture/process/signals.js';
import { Process } from '#suture/process/process.js';
import { suture } from '../support/cli.js';
import { Collected, imageOf, ISAS, newName, PLENTY, type IsaName } from '../support/programs.js';

const folder = mkdtempSync(join(tmpdir(), 'suture-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Service {
  process: Process;
  said: Collected;
  told: Collected;
}

/** The service, waiting for its first line, with a plan that makes prices lower. */
function service(isa: IsaName): Service {
  const old = `targets/selfpatch/selfpatch.${isa}.elf`;
  const plan = join(folder, `${isa}.plan`);
  const made = suture(['plan', old, newName('selfpatch-price', isa), '--format', 'handler', '-o', plan]);
  expect(made.status, made.stderr).toBe(0);
  const [said, told] = [new Collected(), new Collected()];
  const process = Process.load(imageOf(old), {
    args: ['selfpatch', plan],
    files: { host: new GrantedDirectory(folder), mount: folder, workingDirectory: folder },
    output: (descriptor, bytes) => {
      (descriptor === 1 ? said : told).sink(descriptor, bytes);
    },
  });
  expect(process.run(PLENTY).kind).toBe('waiting-for-input');
  return { process, said, told };
}

const send = ({ process }: Service): void => {
  process.send({ number: process.abi.signals.SIGUSR1, code: SI_USER, sender: process.id });
};

const addressOf = ({ process }: Service, name: string): number =>
  process.image.symbols.find((symbol) => symbol.name === name)!.address;

test.each(ISAS)('on %s: while somebody is inside it says busy, and the next signal tries again', (isa) => {
  const one = service(isa);
  const { process, said, told } = one;
  process.input.provide(Buffer.from('150\n'));
  const { core } = process.thread;
  core.setBreakpoint(addressOf(one, 'price'));
  expect(process.run(PLENTY).kind).toBe('breakpoint');
  core.clearBreakpoint(addressOf(one, 'price'));
  process.run(process.instructions + 1);
  send(one);
  expect(process.run(process.instructions + PLENTY).kind).toBe('waiting-for-input');
  expect(told.text).toMatch(/^update: verdict 2, reason 0[345]\n$/);
  expect(said.text).toBe('150 costs 1050\n');
  send(one);
  process.input.provide(Buffer.from('150\n'));
  process.run(process.instructions + PLENTY);
  expect(told.text).toMatch(/\nupdate: verdict 1, reason 00\n$/);
  expect(said.text).toBe('150 costs 1050\n150 costs 850\n');
});

test.each(ISAS)('on %s: signals that come while it works wait until it has done', (isa) => {
  const one = service(isa);
  const { process, told } = one;
  const deadly = { number: process.abi.signals.SIGUSR2, code: SI_USER, sender: process.id };
  send(one);
  let steps = 0;
  for (; told.text === '' && steps < 1000; steps++) {
    process.run(process.instructions + 97);
    process.send(deadly);
  }
  expect(told.text).toBe('update: verdict 1, reason 00\n');
  expect(steps).toBeGreaterThan(10);
  process.run(process.instructions + PLENTY);
  expect(process.hasEnded).toBe(true);
});
