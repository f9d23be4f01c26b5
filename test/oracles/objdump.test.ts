/** binutils disassembles the same programs; its calls are the calls. Needs the cross compilers' binutils. */
import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { inspect, Program } from '#suture/patch/index.js';
import { imageOf, ISAS, newName, pathOf, PATCHES, tellerName, type IsaName } from '../support/programs.js';

const OBJDUMP: Record<IsaName, string> = {
  rv32: 'riscv64-unknown-elf-objdump',
  rv64: 'riscv64-unknown-elf-objdump',
  sparc: 'sparc64-linux-gnu-objdump',
};

/** Transfers to another procedure's entry, or to the own one with a link: `jal`, `j` and so on, `call`, `b`. */
const RISCV_TRANSFER = /^\s*([0-9a-f]+):\s+[0-9a-f]+\s+(?:c\.)?(jal|j)\s+(?:ra,)?([0-9a-f]+) <([^>+]+)>/;
const TRANSFER: Record<IsaName, RegExp> = {
  rv32: RISCV_TRANSFER,
  rv64: RISCV_TRANSFER,
  sparc: /^\s*([0-9a-f]+):\s+(?:[0-9a-f]{2} ){4}\s*(call|b|ba)\s+([0-9a-f]+) <([^>+]+)>/,
};

beforeAll(() => {
  const missing = Object.values(OBJDUMP).filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} not found`);
});

const programs = ISAS.flatMap((isa) =>
  [tellerName(isa), ...PATCHES.map((patch) => newName(patch, isa))].map((program) => [program, isa] as const),
);

test.each(programs)('the calls in %s are those of objdump', (program, isa) => {
  const { stdout } = spawnSync(OBJDUMP[isa], ['-d', pathOf(program)], { encoding: 'latin1' });
  const procedures = inspect(new Program(imageOf(program))).procedures;
  const names = new Set(procedures.map(({ name }) => name));
  const theirs: string[] = [];
  let within = '';
  for (const line of stdout.split('\n')) {
    within = /^[0-9a-f]+ <([^>]+)>:$/.exec(line)?.[1] ?? within;
    const [, at, mnemonic, , target] = TRANSFER[isa].exec(line) ?? [];
    if (target === undefined || !names.has(target)) continue;
    // A jump to the own entry is a loop.
    const owner = procedures.findLast(({ address }) => address <= Number.parseInt(at!, 16))!.name;
    if (owner === target && mnemonic !== 'jal' && mnemonic !== 'call') continue;
    theirs.push(`${at} ${target}`);
  }
  const ours = procedures.flatMap(({ name, callers }) =>
    callers.map(({ procedure, offset }) => {
      const caller = procedures.find((p) => p.name === procedure)!;
      return `${(caller.address + offset).toString(16)} ${name}`;
    }),
  );
  expect(ours.length).toBeGreaterThan(40);
  expect(ours.sort()).toEqual(theirs.sort());
});
