/** What `--redirect` asks for, and of which procedures it may. */
import type { Patch, Redirect } from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';

/** How calls are to reach all new bodies, or those of the procedures named. */
export interface Redirections {
  all?: Redirect;
  of: Record<string, Redirect>;
}

/** How many names a message tells. */
const SHOWN = 8;

/** @throws CliError for a procedure that no patch replaces. */
export function checkRedirections(redirect: Redirections | undefined, patches: readonly Patch[]): void {
  const replaced = new Set(
    patches.flatMap(({ procedures }) =>
      procedures.filter(({ old }) => old !== undefined).map(({ name }) => name),
    ),
  );
  const unknown = Object.entries(redirect?.of ?? {}).find(([name]) => !replaced.has(name));
  if (unknown === undefined) return;
  const names = [...replaced];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  const choice =
    names.length === 0 ? 'it replaces none' : `it replaces ${names.slice(0, SHOWN).join(', ')}${more}`;
  throw new CliError(
    ExitCode.usage,
    `--redirect ${unknown.join('=')}: the patch does not replace a procedure ${unknown[0]}; ${choice}`,
  );
}
