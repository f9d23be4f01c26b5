/**
 * Generated C programs, a few here; scripts/csmith.js runs many. Needs Debian's csmith, libcsmith-dev, the cross
 * compilers and qemu-user.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MACHINES, needToolchains, type Level } from '../support/compile.js';
import { judge } from '../support/csmith.js';
import { FREESTANDING_MACHINES } from '../support/freestanding.js';
import { pathOf } from '../support/programs.js';

const LEVELS = ['-O0', '-O2', '-Os'] as const satisfies readonly Level[];

/** What scripts/csmith.js asks for; without it, a small number. */
const Request = z.strictObject({
  count: z.number().int().positive().default(3),
  seed: z.number().int().positive().default(1),
  machines: z.array(z.enum(FREESTANDING_MACHINES)).default([...FREESTANDING_MACHINES]),
  levels: z.array(z.enum(LEVELS)).default([...LEVELS]),
  /** Milliseconds under qemu. */
  limit: z.number().int().positive().default(1000),
  /** Says how far it is, and remembers what was done already. */
  remember: z.boolean().default(false),
});
const request = Request.parse(JSON.parse(process.env.SUTURE_CSMITH ?? '{}'));

let folder = '';

beforeAll(() => {
  needToolchains(MACHINES);
  if (spawnSync('csmith', ['--version']).error !== undefined || !existsSync('/usr/include/csmith/csmith.h'))
    throw new Error('apt-get install csmith libcsmith-dev');
  folder = mkdtempSync(join(tmpdir(), 'suture-csmith-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What this very build of suture has passed already. */
class Memory {
  private readonly path: string;
  private readonly passed: Set<string>;

  constructor() {
    const hash = createHash('sha256');
    for (const name of readdirSync(pathOf('dist'), { recursive: true, encoding: 'utf8' }).sort()) {
      if (name.endsWith('.js')) hash.update(readFileSync(join(pathOf('dist'), name)));
    }
    this.path = join(tmpdir(), `suture-csmith-passed-${hash.digest('hex').slice(0, 16)}`);
    this.passed = new Set(existsSync(this.path) ? readFileSync(this.path, 'utf8').split('\n') : []);
  }

  has(what: string): boolean {
    return this.passed.has(what);
  }

  add(what: string): void {
    appendFileSync(this.path, `${what}\n`);
  }
}

const memory = request.remember ? new Memory() : undefined;
const HOUR = 3_600_000;

describe.each(request.machines)('%s', (machine) => {
  test.concurrent.each(request.levels)(
    'generated programs end as under qemu at %s',
    async (level) => {
      const different: string[] = [];
      let done = 0;
      // A seed whose program is of no use is replaced by the next.
      const lastSeed = request.seed + 3 * request.count;
      for (let seed = request.seed; done < request.count && seed < lastSeed; seed++) {
        const title = `${machine} ${level} seed ${seed}`;
        if (memory?.has(title) !== true) {
          const verdict = await judge({ machine, level, seed }, folder, request.limit);
          if (verdict.kind === 'skipped') continue;
          if (verdict.kind === 'different') {
            different.push(verdict.message);
            if (memory !== undefined) writeSync(2, `${verdict.message}\n`);
          } else {
            expect(verdict.output).toMatch(/^checksum = [0-9A-F]+\n$/);
            memory?.add(title);
          }
        }
        done++;
        if (memory !== undefined && done % 10 === 0)
          writeSync(2, `${machine} ${level}: ${done} of ${request.count}\n`);
      }
      expect(different).toEqual([]);
      expect(done).toBe(request.count);
    },
    request.remember ? 24 * HOUR : undefined,
  );
});
