#!/usr/bin/env node
/**
 * Compares many generated C programs with qemu-user, two at a time. What has passed is remembered for this build of
 * suture, so an interrupted run goes on where it was.
 *
 *   node scripts/csmith.js [--count 300] [--seed 1] [--machine rv32|rv32d|rv64|sparc|v8plus] [--level -O0|-O2|-Os]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  args: process.argv.slice(2).map((arg) => (/^-O\w$/.test(arg) ? arg.slice(1) : arg)),
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    machine: { type: 'string', multiple: true },
    level: { type: 'string', multiple: true },
  },
});

const request = {
  count: Number(values.count),
  seed: Number(values.seed),
  ...(values.machine && { machines: values.machine }),
  ...(values.level && { levels: values.level.map((level) => `-${level}`) }),
  limit: 5000,
  remember: true,
};

const run = (command, args, env) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
};

run('npm', ['run', '--silent', 'build']);
run('npx', ['vitest', 'run', '--config', 'test/vitest.oracles.config.ts', 'test/oracles/csmith.test.ts'], {
  SUTURE_CSMITH: JSON.stringify(request),
});
