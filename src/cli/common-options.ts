/** The options that several commands take. */
import { Option, type Command } from 'commander';
import { REDIRECTS } from '../patch/index.js';
import { DEFAULT_QUANTUM } from '../process/scheduler.js';
import { DEFAULT_MEMORY } from './load-guest.js';
import { count, positive, redirection, several, variable } from './option-values.js';
import { trust, type Trusted } from './packages.js';

export const trustOption = (what: string): Option =>
  new Option('--trust <name=file>', `${what} signed by this public key; may be given several times`)
    .argParser<Trusted>(trust)
    .default(new Map() as Trusted, 'nobody');

/** What every command that runs a program takes. */
export function guestOptions(command: Command): Command {
  return processOptions(command)
    .argument('<file>', 'the program')
    .argument('[args...]', 'its arguments; those that begin with - come after --')
    .option(
      '--dir <directory>',
      'let it use the files below this directory; without, it has only its streams',
    );
}

/** What a process is given at its start, besides files. */
export function startOptions(command: Command): Command {
  return command
    .option('--env <name=value>', 'set a variable of its environment, which is empty otherwise', variable, [])
    .option('--memory <mebibytes>', 'memory it may map', positive, DEFAULT_MEMORY)
    .option('--seed <n>', 'seed of everything random, the order of threads included', count, 0);
}

/** What decides how a program runs, besides its files. */
export function processOptions(command: Command): Command {
  return startOptions(command)
    .option(
      '--quantum <n>',
      'instructions of a turn, on average, when there are several threads',
      positive,
      DEFAULT_QUANTUM,
    )
    .option('--max-instructions <n>', 'stop after this many instructions', count);
}

/** What every command takes that patches a program. */
export function updateOptions(command: Command): Command {
  return redirectionOptions(command)
    .option(
      '--patch <file>',
      'patch it while it runs, by a package or to become this newer build of itself; may be given several times',
      several,
    )
    .addOption(trustOption('apply no package but those'))
    .option('--from <old>', 'the build the patch starts from, when that is not <file>')
    .option(
      '--at <when>',
      'when: a number of instructions, entry:PROCEDURE, exit:PROCEDURE, output:TEXT, or signal (SIGUSR1); ' +
        'default 0; one for all patches, or one for each',
      several,
    );
}

export const ifBusyOption = (): Option =>
  new Option('--if-busy <what>', 'what to do when a procedure to be replaced is active')
    .choices(['wait', 'refuse', 'cross-version'])
    .default('wait');

export const placeOption = (): Option =>
  new Option('--place <where>', 'new code beyond the reach of one jump').choices(['near', 'far']);

export function redirectionOptions(command: Command): Command {
  return command
    .option(
      '--redirect <strategy>',
      `how calls reach new code (${REDIRECTS.join(', ')}), or PROCEDURE=STRATEGY; chosen otherwise`,
      redirection,
    )
    .addOption(placeOption())
    .option('--binding-table', 'let every call go through a table from the start');
}
