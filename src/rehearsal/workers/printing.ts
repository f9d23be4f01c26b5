/** What modules that judge print is for people, and no part of a report on standard output. */
import { Console } from 'node:console';

/** From now on it goes to standard error. */
export function printToStandardError(): void {
  globalThis.console = new Console(process.stderr);
}
