/** A program that links the handler updates itself where suture is not: under qemu-user, while it serves. */
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suture } from '../support/cli.js';
import { ISAS, pathOf, type IsaName } from '../support/programs.js';
import { QEMU } from '../support/qemu.js';

const OLD = '150 costs 1050\n';
const NEW = '150 costs 850\n';

const folder = mkdtempSync(join(tmpdir(), 'suture-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeAll(() => {
  const missing = Object.values(QEMU).filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} not found: apt-get install qemu-user`);
});

/** The running service: asks, sends the signal, and waits for what comes back. */
class Service {
  private readonly child: ChildProcessWithoutNullStreams;

  constructor(isa: IsaName, plan: string) {
    this.child = spawn(QEMU[isa], [pathOf(`targets/selfpatch/selfpatch.${isa}.elf`), plan]);
  }

  async ask(line: string): Promise<string> {
    const answer = heard(this.child, 'stdout');
    this.child.stdin.write(`${line}\n`);
    return answer;
  }

  async update(): Promise<string> {
    const told = heard(this.child, 'stderr');
    this.child.kill('SIGUSR1');
    return told;
  }

  async end(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.child.on('exit', resolve));
    this.child.stdin.end();
    return ended;
  }
}

/** The next line on a stream; fails when the program ends instead. */
function heard(child: ChildProcessWithoutNullStreams, stream: 'stdout' | 'stderr'): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const collect = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (!text.endsWith('\n')) return;
      child[stream].off('data', collect);
      resolve(text);
    };
    child[stream].on('data', collect);
    child.once('exit', (status, signal) => {
      reject(new Error(`ended with ${status ?? signal} and ${text}`));
    });
  });
}

function writePlan(isa: IsaName, format: 'handler' | 'handler-inverse', file: string): void {
  const [old, new_] = [`targets/selfpatch/selfpatch.${isa}.elf`, `patches/selfpatch-price/new.${isa}.elf`];
  const { status, stderr } = suture(['plan', old, new_, '--format', format, '-o', file]);
  expect(status, stderr).toBe(0);
}

describe.each(ISAS)('on %s', (isa) => {
  test('the old answer, the signal, the new answer; and back', async () => {
    const plan = join(folder, `${isa}.plan`);
    writePlan(isa, 'handler', plan);
    const service = new Service(isa, plan);
    expect(await service.ask('150')).toBe(OLD);
    expect(await service.update()).toBe('update: verdict 1, reason 00\n');
    expect(await service.ask('150')).toBe(NEW);
    writePlan(isa, 'handler-inverse', plan);
    expect(await service.update()).toBe('update: verdict 1, reason 00\n');
    expect(await service.ask('150')).toBe(OLD);
    expect(await service.end()).toBe(0);
  });

  test('a plan in which one bit is wrong is refused wherever it is, and the old answer stays', async () => {
    const plan = join(folder, `${isa}.damaged`);
    writePlan(isa, 'handler', plan);
    const good = readFileSync(plan);
    const service = new Service(isa, plan);
    expect(await service.ask('150')).toBe(OLD);
    for (let at = 0; at < good.length; at += 37) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at % 8);
      writeFileSync(plan, bad);
      expect(await service.update(), `byte ${at}`).toBe('update: verdict 3, reason 01\n');
    }
    writeFileSync(plan, good.subarray(0, good.length - 4));
    expect(await service.update()).toBe('update: verdict 3, reason 01\n');
    expect(await service.ask('150')).toBe(OLD);
    writeFileSync(plan, good);
    expect(await service.update()).toBe('update: verdict 1, reason 00\n');
    expect(await service.ask('150')).toBe(NEW);
    expect(await service.end()).toBe(0);
  });
});
