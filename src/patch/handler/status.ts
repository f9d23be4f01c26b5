/** The status block of the in-process handler: `struct updater` of `targets/runtime/updater/updater.h`. */

/** Bytes from the handler's code to its status block. */
export const CODE_BYTES = 8192;

/** Its fields, each as wide as an address. */
export const FIELDS = [
  'command',
  'plan',
  'planRoom',
  'stackTop',
  'stackSize',
  'threads',
  'journal',
  'journalRoom',
  'ownStart',
  'ownEnd',
  'state',
  'verdict',
  'reason',
  'address',
  'foundAt',
  'attempts',
  'wordsScanned',
  'framesWalked',
  'wordsWritten',
  'changedSince',
  'journalUsed',
  'journalAt',
  'journalNext',
] as const;

export const STATES = ['idle', 'prepared', 'applied'] as const;

/** Of the last attempt. `undone`: something failed and all is as before; `broken`: not all is. */
export const VERDICTS = ['none', 'done', 'busy', 'refused', 'undone', 'broken'] as const;

/** Why, see `enum updater_reason`. */
export const REASONS = [
  'fine',
  'bad-plan',
  'unexpected-bytes',
  'active-pc',
  'active-return',
  'active-word',
  'other-stack',
  'threads',
  'no-room',
  'protection',
  'read-back',
  'own-page',
  'journal',
] as const;

export interface HandlerStatus {
  state: (typeof STATES)[number];
  verdict: (typeof VERDICTS)[number];
  reason: (typeof REASONS)[number];
  /** What `reason` is about. */
  address: number;
  /** Where a word that counts as active was found. */
  foundAt: number;
  attempts: number;
  wordsScanned: number;
  framesWalked: number;
  wordsWritten: number;
  /** Contents that a rollback left, as the program has changed them since. */
  changedSince: number;
}
