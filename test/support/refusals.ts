import { Refusal } from '#suture/patch/index.js';

/** The reason of the refusal that something ends with. */
export function refusalOf(deed: () => unknown): string {
  try {
    deed();
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  return 'none';
}
