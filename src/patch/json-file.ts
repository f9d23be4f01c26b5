/** Reads JSON that people or other programs wrote, and says all that is wrong with it. */
import type { z } from 'zod';

const MOST_ISSUES = 10;

/**
 * What a file says, or the complaints about it, the first ten at most: each with the path in the file, the value
 * there, and what would be right.
 */
export function parseJson<T>(
  schema: z.ZodType<T>,
  text: string,
): { data: T } | { complaints: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // It quotes the text, line ends and all.
    return { complaints: [`not JSON: ${(error as Error).message.replace(/\p{Cc}+/gu, ' ')}`] };
  }
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { data: result.data };
  const complaints = result.error.issues.slice(0, MOST_ISSUES).map(({ path, message, input }) => {
    const where = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
    return `${where}${show(input)}: ${message}`;
  });
  return { complaints };
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
