/** Executes sequences on every machine there is: the interpreter, the native engine, and qemu-user. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CachingCore } from '#suture/isa/caching-core.js';
import { createCore, type EngineName } from '#suture/machine/engine.js';
import { EXECUTE, Memory, PAGE_SIZE, READ, WRITE } from '#suture/machine/memory.js';
import { pathOf } from './programs.js';
import { knownDifference, SETS_CODES } from './known-differences.js';
import {
  LAYOUT,
  listing,
  machineCode,
  placed,
  shortest,
  type Dialect,
  type Instruction,
  type Sequence,
} from './sequences.js';
import { riscvDialect } from './sequences-riscv.js';
import { sparcDialect } from './sequences-sparc.js';

/** The area afterwards, or why the sequence did not come to its end. */
export type Outcome = Uint8Array | string;

/** Executes several sequences. */
export type Judge = (sequences: readonly Sequence[]) => Outcome[];

/** Compilers and emulators of each dialect, from Debian's packages. */
const TOOLS: Record<string, { compiler: string[]; assembly: string; qemu: string }> = {
  rv32: {
    compiler: ['riscv64-unknown-elf-gcc', '-march=rv32gc', '-mabi=ilp32d', '-mcmodel=medany'],
    assembly: 'riscv.S',
    qemu: 'qemu-riscv32',
  },
  rv64: {
    compiler: ['riscv64-unknown-elf-gcc', '-march=rv64gc', '-mabi=lp64d', '-mcmodel=medany'],
    assembly: 'riscv.S',
    qemu: 'qemu-riscv64',
  },
  sparc: {
    compiler: ['sparc64-linux-gnu-gcc', '-m32', '-mcpu=v8', '-fno-pic', '-no-pie'],
    assembly: 'sparc.S',
    qemu: 'qemu-sparc',
  },
  v8plus: {
    compiler: ['sparc64-linux-gnu-gcc', '-m32', '-mcpu=v9', '-Wa,-Av9a', '-fno-pic', '-no-pie'],
    assembly: 'sparc.S',
    qemu: 'qemu-sparc32plus',
  },
};

export const DIALECTS: readonly Dialect[] = [
  riscvDialect(32),
  riscvDialect(64),
  sparcDialect('v8'),
  sparcDialect('v9'),
];

/** More instructions than a sequence executes. */
const ENOUGH = 10_000;

function sequenceMemory({ isa }: Dialect): Memory {
  const memory = new Memory(isa.bigEndian);
  memory.map(LAYOUT.leave, LAYOUT.leave + PAGE_SIZE, READ | EXECUTE, 'code');
  memory.map(LAYOUT.area, LAYOUT.area + LAYOUT.areaSize, READ | WRITE, 'area');
  return memory;
}

/** A core that stands before the sequence, which is put into memory. */
function coreBefore(dialect: Dialect, sequence: Sequence, engine: EngineName, memory: Memory): CachingCore {
  memory.write(LAYOUT.code, machineCode(dialect, sequence), true);
  memory.write(LAYOUT.area, sequence.area);
  const core = createCore(engine, dialect.isa, memory);
  if (!(core instanceof CachingCore)) throw new Error('not a core of this program');
  dialect.loadRegisters(core, new DataView(sequence.area.slice().buffer));
  core.pc = LAYOUT.code;
  return core;
}

/** The interpreter, or the native engine. @throws EngineUnavailable */
export function engineJudge(dialect: Dialect, engine: EngineName): Judge {
  const memory = sequenceMemory(dialect);
  return (sequences) =>
    sequences.map((sequence) => {
      const core = coreBefore(dialect, sequence, engine, memory);
      core.setBreakpoint(LAYOUT.leave);
      const stop = core.run(ENOUGH);
      if (stop.kind !== 'breakpoint') return `${stop.kind} at 0x${core.pc.toString(16)}`;
      dialect.finish?.(core);
      const after = memory.read(LAYOUT.area, LAYOUT.areaSize);
      dialect.storeRegisters(core, new DataView(after.buffer));
      return after;
    });
}

/** qemu-user, with a program that executes what it reads, built in a folder; see test/oracles/harness. */
export function qemuJudge(dialect: Dialect, folder: string): Judge {
  const { compiler, assembly, qemu } = TOOLS[dialect.name]!;
  const program = join(folder, dialect.name);
  const sources = ['harness.c', assembly].map((name) => pathOf(`test/oracles/harness/${name}`));
  const start = (section: string, address: number): string =>
    `-Wl,--section-start=${section}=0x${address.toString(16)}`;
  const addresses = [start('.sequence', LAYOUT.leave), start('.area', LAYOUT.area)];
  execFileSync(compiler[0]!, [
    ...compiler.slice(1),
    ...['-O1', '-nostdlib', '-static', '-ffreestanding', ...addresses],
    ...['-Wl,--build-id=none,--no-warn-rwx-segments', ...sources, '-o', program],
  ]);
  const once = (sequences: readonly Sequence[]): Outcome[] => {
    const input = Buffer.concat(sequences.flatMap((one) => [one.area, machineCode(dialect, one)]));
    const { stdout, signal, error } = spawnSync(qemu, [program], {
      input,
      maxBuffer: 1 << 30,
      timeout: 300_000,
    });
    // It ended before it had read everything.
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
    const outcomes: Outcome[] = [];
    for (let at = 0; at + LAYOUT.areaSize <= stdout.length; at += LAYOUT.areaSize) {
      outcomes.push(new Uint8Array(stdout.subarray(at, at + LAYOUT.areaSize)));
    }
    if (outcomes.length < sequences.length) outcomes.push(`${qemu} ended with ${signal ?? 'no signal'}`);
    return outcomes;
  };
  return (sequences) => {
    const outcomes: Outcome[] = [];
    // One that kills qemu is the last of its run.
    while (outcomes.length < sequences.length) outcomes.push(...once(sequences.slice(outcomes.length)));
    return outcomes;
  };
}

/**
 * The sequence up to the unit in which something is executed that a judge is known to do otherwise, see
 * known-differences.ts; itself when there is nothing of the kind.
 */
export function undisputed(dialect: Dialect, sequence: Sequence): Sequence {
  const core = coreBefore(dialect, sequence, 'builtin', sequenceMemory(dialect));
  const unitAt = new Map<number, { unit: number; instruction: Instruction }>();
  const flat = sequence.units.flatMap((unit, index) =>
    unit.map((instruction) => ({ unit: index, instruction })),
  );
  for (const [i, { address }] of placed(dialect, sequence).entries())
    if (flat[i]) unitAt.set(address, flat[i]);
  let lastCodes = '';
  for (let steps = 0; steps < ENOUGH; steps++) {
    const next = unitAt.get(core.pc);
    if (next === undefined) break;
    const { unit, instruction } = next;
    if (knownDifference({ instruction, core, lastCodes }) !== undefined) {
      return { ...sequence, units: sequence.units.slice(0, unit) };
    }
    if (SETS_CODES.test(instruction.row.name)) lastCodes = instruction.row.name;
    if (core.run(core.retired + 1).kind !== 'limit') break;
  }
  return sequence;
}

/** A register or word of memory that differs: before, and as both have it afterwards. */
export interface Disagreement {
  name: string;
  before: string;
  builtin: string;
  judge: string;
}

/** Where two outcomes differ; empty when they agree. */
export function disagreements(
  dialect: Dialect,
  { area }: Sequence,
  builtin: Outcome,
  judge: Outcome,
): Disagreement[] {
  if (typeof builtin === 'string' || typeof judge === 'string') {
    // Programs that end badly are the business of other tests.
    if (typeof builtin === typeof judge) return [];
    const ending = (outcome: Outcome): string => (typeof outcome === 'string' ? outcome : 'ended');
    return [{ name: 'ending', before: '', builtin: ending(builtin), judge: ending(judge) }];
  }
  const found: Disagreement[] = [];
  const word = (bytes: Uint8Array, offset: number): string =>
    new DataView(bytes.buffer, bytes.byteOffset)
      .getUint32(offset, !dialect.isa.bigEndian)
      .toString(16)
      .padStart(8, '0');
  for (let offset = 0; offset < LAYOUT.areaSize; offset += 4) {
    const differs = [0, 1, 2, 3].some(
      (i) => builtin[offset + i] !== judge[offset + i] && dialect.nameAt(offset + i) !== undefined,
    );
    if (!differs) continue;
    found.push({
      name: dialect.nameAt(offset) ?? '',
      before: word(area, offset),
      builtin: word(builtin, offset),
      judge: word(judge, offset),
    });
  }
  return found;
}

/** A sequence on which the interpreter and a judge do not agree, made short. */
export interface Failure {
  sequence: Sequence;
  disagreements: Disagreement[];
}

/** The first sequence on which a machine and its judge differ in a way that is not known, made short. */
export function firstFailure(
  dialect: Dialect,
  machine: Judge,
  judge: Judge,
  sequences: readonly Sequence[],
): Failure | undefined {
  const compare = (several: readonly Sequence[]): Disagreement[][] => {
    const [mine, theirs] = [machine(several), judge(several)];
    return several.map((one, i) => disagreements(dialect, one, mine[i]!, theirs[i]!));
  };
  const compared = compare(sequences);
  const disputed = sequences
    .filter((_, i) => compared[i]!.length > 0)
    .map((sequence) => undisputed(dialect, sequence));
  const stillDiffers = compare(disputed);
  const failing = disputed.find((_, i) => stillDiffers[i]!.length > 0);
  if (failing === undefined) return undefined;
  const sequence = shortest(failing, (candidates) => {
    // What is shorter must not differ for another reason, which is known.
    const differ = compare(candidates);
    return candidates.map((one, i) => differ[i]!.length > 0 && undisputed(dialect, one) === one);
  });
  return { sequence, disagreements: compare([sequence])[0]! };
}

/** What to tell about a failure, and how to see it again. */
export function report(dialect: Dialect, judge: string, { sequence, disagreements }: Failure): string {
  const variables = `ISA=${dialect.name} JUDGE=${judge} SEED=${sequence.seed} SEQUENCES=1`;
  const command = 'npx vitest run --config test/vitest.oracles.config.ts test/oracles/sequences.test.ts';
  return [
    `${dialect.name}: builtin and ${judge} differ on the sequence of seed ${sequence.seed}:`,
    ...listing(dialect, sequence),
    ...disagreements.map(
      ({ name, before, builtin, judge: other }) =>
        `  ${name}: ${before} became ${builtin} in builtin, ${other} in ${judge}`,
    ),
    `To repeat it: ${variables} ${command}`,
  ].join('\n');
}
