/**
 * Plans as JSON: written where they are made, carried out elsewhere.
 *
 * Bytes are hexadecimal digits, addresses are numbers. A plan that was read says only what can be meant: ranges
 * do not end before they start, what is written is as long as what was there, new code goes into reserved memory,
 * and no memory is writable and executable at once.
 */
import { z } from 'zod';
import { EXECUTE, PAGE_SIZE, WRITE } from '../machine/memory.js';
import { parseJson } from './json-file.js';
import { HOOK_MOMENTS } from './package/model.js';
import type { Plan } from './plan.js';

/** Beyond every address. */
const TOP = 2 ** 32;
const MOST_ENTRIES = 1 << 20;
const MOST_ARGUMENTS = 8;
/** Characters of a file. */
const LONGEST_FILE = 256 << 20;
const LONGEST_BYTES = 64 << 20;
const RWX = 7;

const Text = z.string().max(65_536);
const Address = z
  .int()
  .min(0)
  .max(TOP - 1);
const End = z.int().min(0).max(TOP);
const Size = z.int().min(0).max(LONGEST_BYTES);
const Bytes = z
  .string()
  .max(2 * LONGEST_BYTES)
  .regex(/^([0-9a-f]{2})*$/, 'must be pairs of hexadecimal digits, in small letters')
  .transform((digits): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex')));
const list = <T extends z.ZodType>(entry: T): z.ZodArray<T> => z.array(entry).max(MOST_ENTRIES);

const Procedure = z.strictObject({
  name: Text,
  strategy: z.enum(['in-place', 'call-sites', 'trampoline', 'binding-table', 'new']),
  why: Text,
  entry: Address,
  capacity: Size,
  start: Address,
  size: Size,
  source: z.strictObject({ address: Address, offsets: list(z.tuple([Size, Size])) }),
});

const Forbidden = z
  .strictObject({
    start: Address,
    end: End,
    kind: z.enum(['procedure', 'sequence']),
    entryCounts: z.boolean(),
    bothWays: z.exactOptional(z.boolean()),
    name: Text,
  })
  .refine(({ start, end }) => start <= end, 'must not end before it starts');

const Reservation = z
  .strictObject({ name: Text, start: Address, end: End, protection: z.int().min(0).max(RWX), why: Text })
  .refine(
    ({ start, end }) => start < end && start % PAGE_SIZE === 0 && end % PAGE_SIZE === 0,
    `must be whole pages of ${PAGE_SIZE} bytes`,
  )
  .refine(
    ({ protection }) => (protection & WRITE) === 0 || (protection & EXECUTE) === 0,
    'must not be writable and executable at once',
  );

const Write = z
  .strictObject({
    phase: z.enum(['prepare', 'commit']),
    address: Address,
    before: z.exactOptional(Bytes),
    after: Bytes,
    code: z.boolean(),
    why: Text,
  })
  .transform(({ phase, address, before, ...rest }) => ({ phase, address, before, ...rest }))
  .refine(({ address, after }) => address + after.length <= TOP, 'must end within the address space')
  .refine(
    ({ before, after }) => before === undefined || before.length === after.length,
    'before and after must be equally long',
  );

const PlanRecord = z
  .strictObject({
    program: Text,
    buildId: z.exactOptional(Text),
    procedures: list(Procedure),
    data: list(z.strictObject({ source: Address, start: Address, size: Size })),
    expected: list(z.strictObject({ address: Address, bytes: Bytes, why: Text })),
    forbidden: list(Forbidden),
    reservations: list(Reservation),
    writes: list(Write),
    calls: list(
      z.strictObject({
        when: z.enum(HOOK_MOMENTS),
        address: Address,
        arguments: z.array(z.int()).max(MOST_ARGUMENTS),
        why: Text,
      }),
    ),
    notes: list(Text),
  })
  .transform(({ program, buildId, ...rest }): Plan => ({ program, buildId, ...rest }))
  .superRefine(({ writes, reservations }, context) => {
    for (const [i, { phase, address, after }] of writes.entries()) {
      const end = address + after.length;
      const reserved = reservations.some((area) => address >= area.start && end <= area.end);
      if (phase === 'commit' || reserved) continue;
      const message = 'what is written before the pause must lie in one of the reservations';
      context.addIssue({ code: 'custom', path: ['writes', i, 'address'], message, input: address });
    }
  });

/** The message names the file, the path in it, the value there, and what would be right. */
export class PlanError extends Error {
  constructor(file: string, complaints: readonly string[]) {
    super(complaints.map((complaint) => `${file}: ${complaint}`).join('\n'));
    this.name = 'PlanError';
  }
}

/**
 * A plan as JSON holds it; `suture plan --json` prints it as `plan`.
 *
 * @example
 * writeFileSync('fix.plan.json', JSON.stringify(planToJson(plan)));
 */
export function planToJson(plan: Plan): unknown {
  return JSON.parse(
    JSON.stringify(plan, (_key, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ),
  );
}

/**
 * The plan that `planToJson` gave.
 *
 * @param name the file, for messages.
 * @throws PlanError with everything that is wrong with it, the first ten complaints at most.
 *
 * @example
 * const plan = planFromJson(readFileSync('fix.plan.json', 'utf8'), 'fix.plan.json');
 */
export function planFromJson(text: string, name: string): Plan {
  if (text.length > LONGEST_FILE) {
    throw new PlanError(name, [`${text.length} characters: a plan has ${LONGEST_FILE} at most`]);
  }
  const result = parseJson(PlanRecord, text);
  if ('complaints' in result) throw new PlanError(name, result.complaints);
  return result.data;
}
