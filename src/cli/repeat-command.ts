/** The command line that does by itself what a rehearsal says of a point. */
import type { IfBusy } from '../patch/index.js';
import { DEFAULT_QUANTUM } from '../process/scheduler.js';
import { DEFAULT_MEMORY, type GuestOptions } from './load-guest.js';
import type { UpdateCommandOptions } from './run.js';

/** What decides how a point comes out, as the rehearsal was given it. */
type Asked = Omit<GuestOptions, 'maxInstructions'> &
  Pick<UpdateCommandOptions, 'redirect' | 'place' | 'from'> & {
    ifBusy?: IfBusy;
    /** The file it reads as standard input. */
    stdin?: string;
  };

export interface Repeated {
  file: string;
  patchFiles: readonly string[];
  args: readonly string[];
  options: Asked;
  bindingTable: boolean;
  /** Instructions the update waits at most, where that differs from what `run` does by itself. */
  deadline: number | undefined;
  /** Instructions after which a run counts as hung, where one does. */
  limit: number | undefined;
}

export function repeatCommand(repeated: Repeated, point: number): string {
  const { file, patchFiles, args, options, bindingTable, deadline, limit } = repeated;
  const { seed, quantum, memory, dir, env, redirect, place, from, ifBusy, stdin } = options;
  const words = ['suture', 'run', file];
  for (const patch of patchFiles) words.push('--patch', patch);
  const add = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(flag, String(value));
  };
  add('--at', point);
  add('--from', from);
  add('--seed', seed === 0 ? undefined : seed);
  add('--quantum', quantum === DEFAULT_QUANTUM ? undefined : quantum);
  add('--memory', memory === DEFAULT_MEMORY ? undefined : memory);
  add('--dir', dir);
  for (const variable of env) add('--env', variable);
  add('--redirect', redirect?.all);
  for (const [name, strategy] of Object.entries(redirect?.of ?? {})) add('--redirect', `${name}=${strategy}`);
  if (bindingTable) words.push('--binding-table');
  add('--place', place);
  add('--if-busy', ifBusy === 'wait' ? undefined : ifBusy);
  add('--deadline', deadline);
  add('--max-instructions', limit);
  if (args.length > 0) words.push('--', ...args);
  return `${words.map(quoted).join(' ')} < ${quoted(stdin ?? '/dev/null')}`;
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
