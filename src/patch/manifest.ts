/**
 * What the author of an update says about it, in a JSON file: its title, what becomes of changed data, which
 * procedures of the new program are called when. `patches/manifest.schema.json` tells editors the same.
 */
import { z } from 'zod';
import { parseJson } from './json-file.js';
import type { LinkOptions } from './link.js';
import { CONSISTENCIES, HOOK_MOMENTS, NATURES, type Metadata } from './package/model.js';
import type { SelectOptions } from './selection.js';

const MOST_ENTRIES = 1000;

const Text = z.string().min(1).max(4096);
const Procedure = Text.describe('A procedure of the new program, by its symbol name');

const hook = (what: string): z.ZodOptional<z.ZodString> =>
  Procedure.describe(`Procedure of the new program, int name(void): ${what}`).optional();

const Decision = z.union(
  [z.enum(['keep', 'reset']), z.strictObject({ transform: Procedure })],
  'must be "keep", "reset" or { "transform": "PROCEDURE" }',
);

/** Files are named from the manifest's folder on. */
const Workload = z.strictObject({
  stdin: Text.optional().describe('File of what the old program reads'),
  args: z.array(z.string().max(4096)).max(MOST_ENTRIES).optional().describe('Arguments of the program'),
  env: z
    .array(Text.regex(/^[^=]+=/, 'must be NAME=VALUE'))
    .max(MOST_ENTRIES)
    .optional()
    .describe('Its environment'),
  seed: z.int().min(0).optional().describe('Seed of everything random'),
  expect: Text.optional().describe('File of the output that is right'),
  status: z.int().min(0).max(255).optional().describe('The exit status that is right'),
});

const Manifest = z
  .strictObject({
    $schema: z.string().optional(),
    title: Text.describe('What the update does, in one line'),
    nature: z.enum(NATURES),
    affects: z.array(Text).max(MOST_ENTRIES).optional().describe('Components it concerns'),
    from: Text.optional().describe('Version it is for'),
    to: Text.optional().describe('Version it leads to'),
    hooks: z
      .strictObject({
        check: hook('0 when now is a good moment, anything else to wait'),
        pre: hook('called before anything is written; anything but 0 undoes the update'),
        transfer: hook('carries state over; anything but 0 undoes the update'),
        post: hook('called when everything was written; anything but 0 undoes the update'),
        rollback: z
          .strictObject({
            check: hook('0 when now is a good moment to take the update back'),
            pre: hook('called before the update is taken back'),
            transfer: hook('carries state back'),
            post: hook('called when the update was taken back'),
          })
          .optional(),
      })
      .optional(),
    data: z
      .record(Text, Decision)
      .optional()
      .describe('What becomes of objects whose value or layout changed, by name'),
    consistency: z
      .enum(CONSISTENCIES)
      .optional()
      .describe('Whether activations of replaced procedures must have returned, the default, or may run on'),
    deadline: z.int().min(1).optional().describe('Instructions that the update may wait'),
    workload: Workload.optional().describe('A run to rehearse the update on; no part of the package'),
  })
  .meta({ title: 'Manifest of a live update' });

export type Manifest = z.infer<typeof Manifest>;

/** The message names the file, the path in it, the value there, and what would be right. */
export class ManifestError extends Error {
  constructor(file: string, complaints: readonly string[]) {
    super(complaints.map((complaint) => `${file}: ${complaint}`).join('\n'));
    this.name = 'ManifestError';
  }
}

/**
 * Reads a manifest.
 *
 * @param name the file, for messages.
 * @throws ManifestError with everything that is wrong with it, the first ten at most.
 *
 * @example
 * const { metadata, hooks, ...selectOptions } = instructionsOf(parseManifest(text, 'manifest.json'));
 */
export function parseManifest(text: string, name: string): Manifest {
  const result = parseJson(Manifest, text);
  if ('complaints' in result) throw new ManifestError(name, result.complaints);
  return result.data;
}

/** A manifest in the words of selection and linking. */
export interface Instructions {
  metadata: Metadata;
  hooks: NonNullable<LinkOptions['hooks']>;
  select: SelectOptions;
}

const NOT_PACKED: readonly string[] = ['$schema', 'workload'];

export function instructionsOf({ hooks = {}, data = {}, ...rest }: Manifest): Instructions {
  const { rollback = {}, ...there } = hooks;
  const byMoment: Record<string, string | undefined> = { ...there };
  for (const [when, name] of Object.entries(rollback)) byMoment[`rollback-${when}`] = name;
  const named = HOOK_MOMENTS.flatMap((when) => {
    const name = byMoment[when];
    return name === undefined ? [] : [[when, name] as const];
  });
  const metadata = Object.fromEntries(Object.entries(rest).filter(([name]) => !NOT_PACKED.includes(name)));
  return {
    metadata: metadata as unknown as Metadata,
    hooks: Object.fromEntries(named),
    select: { data, roots: [...new Set(named.map(([, name]) => name))] },
  };
}

/** Members that decide how an update is made or when it lands, and say so. */
export function instructingMembers(manifest: Manifest): string[] {
  const { hooks, select } = instructionsOf(manifest);
  const { consistency = 'activeness', deadline } = manifest;
  const decides = {
    hooks: Object.keys(hooks).length > 0,
    data: Object.keys(select.data ?? {}).length > 0,
    consistency: consistency !== 'activeness',
    deadline: deadline !== undefined,
  };
  return Object.entries(decides).flatMap(([name, does]) => (does ? [name] : []));
}

/** JSON schema of manifests, for editors. */
export const manifestSchema = (): unknown => z.toJSONSchema(Manifest);
