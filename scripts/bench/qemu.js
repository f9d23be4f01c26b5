/** qemu's user mode as an engine: whole processes, less what starting one takes. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';

const COMMANDS = { rv32: 'qemu-riscv32', rv64: 'qemu-riscv64', sparc: 'qemu-sparc' };
/** A run is a few milliseconds, so one measurement is several: this many, or as many as begin in this time. */
const BATCH = 8;
const BATCH_MILLISECONDS = 200;
/** A program that ends at once, for what starting costs. */
const EMPTY = (isa) => new URL(`../../targets/faults/faults.${isa}.elf`, import.meta.url);

export function qemuUser(isa) {
  const command = COMMANDS[isa];
  const { error } = spawnSync(command, ['--version']);
  if (error !== undefined) return { name: 'qemu', absence: `${command} cannot be run; install qemu-user` };
  return {
    name: 'qemu',
    run(file) {
      const start = batch(command, EMPTY(isa), ['-'], 2);
      const whole = batch(command, file, [], 0);
      return { output: whole.output, seconds: Math.max(whole.seconds - start.seconds, 1e-6) };
    },
  };
}

function batch(command, file, args, expected) {
  const begin = performance.now();
  const elapsed = () => performance.now() - begin;
  let output;
  let count = 0;
  for (; count < BATCH && (count === 0 || elapsed() < BATCH_MILLISECONDS); count++) {
    const { status, signal, stdout } = spawnSync(command, [fileURLToPath(file), ...args], {
      encoding: 'latin1',
    });
    if (status !== expected) throw new Error(`${command} ${file.pathname} ended with ${signal ?? status}`);
    output = stdout;
  }
  return { output, seconds: elapsed() / 1000 / count };
}
