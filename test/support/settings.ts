/** What a run of the tests is asked for by its environment. */

/** What is drawn at random depends on it. */
export const SEED = Number(process.env.SUTURE_SEED ?? 1);
/** Whether all regression patches are tried, not a part that the seed chooses. */
export const WHOLE = process.env.SUTURE_ALL_PATCHES === '1';
