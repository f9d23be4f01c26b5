/** The regression patches of patches/: what each is made of, and what must happen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readImage, type Image } from '#suture/elf/index.js';
import { instructionsOf, parseManifest, type Instructions } from '#suture/patch/index.js';
import { ISAS, pathOf, type IsaName } from './programs.js';

export const LEVELS = ['-O2', '-O0', '-Os'] as const;
export type LevelName = (typeof LEVELS)[number];

const Options = z.strictObject({
  compile: z.array(z.string()).optional(),
  link: z.array(z.string()).optional(),
});

/** Names of what is not unchanged. */
const Verdicts = z.strictObject({
  changed: z.array(z.string()).default([]),
  new: z.array(z.string()).default([]),
  removed: z.array(z.string()).default([]),
  refused: z.array(z.string()).default([]),
  /** Objects, each with what changed in it. */
  data: z.record(z.string(), z.string()).default({}),
});

const Expected = z.strictObject({
  verdicts: Verdicts.prefault({}),
  /** `applied`, `no-change`, or the reason for which it is refused. */
  outcome: z.string(),
});

/** What a patch folder's case.json must say. */
const Case = Expected.extend({
  /** What this case is about, and why it is hard. */
  phenomenon: z.string().min(1),
  /** The program of targets/ that it patches; the folder's own in `old` when it is missing. */
  target: z.string().optional(),
  /** What the old program has written when the update is refused, if it is not refused at once. */
  refusedAfter: z.string().optional(),
  /** Where it lands and the program goes wrong all the same: such a case is there for rehearsal to find. */
  wrongAt: z.string().min(1).optional(),
  /** The new program answers as the old one does. */
  sameAnswers: z.boolean().default(false),
  /** Files of the old program that the new one has not. */
  without: z.array(z.string()).optional(),
  /** For the compiler and the linker, beside what all programs are built with. */
  build: Options.extend({
    rv32: Options.optional(),
    rv64: Options.optional(),
    sparc: Options.optional(),
  }).optional(),
  /** Where something else must happen, and why. The last that fits counts. */
  exceptions: z
    .array(
      z.strictObject({
        verdicts: Verdicts.optional(),
        outcome: z.string().optional(),
        isas: z.array(z.enum(ISAS)).default([...ISAS]),
        levels: z.array(z.enum(LEVELS)).default([...LEVELS]),
        reason: z.string().min(1),
      }),
    )
    .default([]),
});

export type Case = z.infer<typeof Case> & { name: string };
export type Expectation = z.infer<typeof Expected>;

/** Every case, by its folder's name. */
export function cases(): Case[] {
  return readdirSync(pathOf('patches'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const text = readFileSync(pathOf(`patches/${name}/case.json`), 'utf8');
      return { name, ...Case.parse(JSON.parse(text), { error: () => `patches/${name}/case.json` }) };
    });
}

export const caseNamed = (name: string): Case => cases().find((of) => of.name === name)!;

/** What must happen on this ISA at this level of optimization. */
export function expectationOf(of: Case, isa: IsaName, level: LevelName): Expectation {
  const exception = of.exceptions.findLast(
    ({ isas, levels }) => isas.includes(isa) && levels.includes(level),
  );
  return { verdicts: exception?.verdicts ?? of.verdicts, outcome: exception?.outcome ?? of.outcome };
}

/** What its manifest says. */
export function instructionsFor({ name }: Case): Instructions {
  const path = `patches/${name}/manifest.json`;
  return instructionsOf(parseManifest(readFileSync(pathOf(path), 'utf8'), path));
}

/** The two programs of a case, below `folder`, as `scripts/build-targets --out` has them. */
export interface Programs {
  oldName: string;
  newName: string;
  session: string;
}

export function programsOf({ name, target }: Case, isa: IsaName, folder = pathOf('.')): Programs {
  const path = (file: string): string => join(folder, `${file}.${isa}.elf`);
  return {
    oldName: path(target === undefined ? `patches/${name}/old` : `targets/${target}/${target}`),
    newName: path(`patches/${name}/new`),
    session: pathOf(`patches/${name}/session.txt`),
  };
}

export const loaded = (path: string): Image => readImage(new Uint8Array(readFileSync(path)), path);
