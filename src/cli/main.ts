#!/usr/bin/env node
/** The command line. No engine logic here: it reads files, calls, and prints. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { basename } from 'node:path';
import { ElfError } from '../elf/index.js';
import { AssemblerMissing, AssemblyError } from '../isa/assembly.js';
import { EngineUnavailable, type EngineName } from '../machine/engine.js';
import { Divergence } from '../machine/lockstep.js';
import { inspect, Program, Refusal } from '../patch/index.js';
import { Process } from '../process/process.js';
import { demo } from './demo.js';
import { diffCommand, type DiffOptions } from './diff.js';
import { BrokenPipe, CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { printLines, writeThrough } from './guest.js';
import { inspectionLines } from './inspect.js';
import { pmapLines } from './pmap.js';
import { run, type GuestOptions, type RunOptions } from './run.js';

const ENGINES: readonly EngineName[] = ['builtin', 'unicorn'];

/** An instruction count or seed. */
function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number, 0 or more.');
}

function positive(text: string): number {
  const value = count(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

/** NAME=VALUE; NAME alone takes suture's own value. */
function variable(text: string, before: string[]): string[] {
  const [name = ''] = text.split('=', 1);
  if (name === '') throw new InvalidArgumentError('It must be NAME=VALUE, or NAME to pass on a variable.');
  if (text.includes('=')) return [...before, text];
  const value = process.env[name];
  if (value === undefined) throw new InvalidArgumentError(`There is no variable ${name} to pass on.`);
  return [...before, `${name}=${value}`];
}

/** What every command that runs a program takes. */
function guestOptions(command: Command): Command {
  return command
    .argument('<file>', 'the program')
    .argument('[args...]', 'its arguments; those that begin with - come after --')
    .option(
      '--dir <directory>',
      'let it use the files below this directory; without, it has only its streams',
    )
    .option('--env <name=value>', 'set a variable of its environment, which is empty otherwise', variable, [])
    .option('--memory <mebibytes>', 'memory it may map', positive, 1024)
    .option('--seed <n>', 'seed of everything random, the order of threads included', count, 0)
    .option(
      '--quantum <n>',
      'instructions of a turn, on average, when there are several threads',
      positive,
      10_000,
    )
    .option('--max-instructions <n>', 'stop after this many instructions', count);
}

function build(): Command {
  const program = new Command('suture')
    .description('Hot patches for RISC programs: run a program, patch it while it runs, take the patch back.')
    .showHelpAfterError('(suture --help shows what is possible)')
    .exitOverride();

  guestOptions(
    program.command('run').description('run a statically linked Linux program for RISC-V or 32-bit SPARC'),
  )
    .addOption(
      new Option('--engine <name>', 'what executes instructions').choices(ENGINES).default('builtin'),
    )
    .option('--trace', 'tell every system call and signal on standard error')
    .option('--trace-instructions', 'tell every instruction on standard error')
    .option('--patch <new>', 'patch it while it runs, so that it becomes this newer build of itself')
    .option('--from <old>', 'the build the patch starts from, when that is not <file>')
    .option('--at <n>', 'send the update signal after this many instructions (default 0)', count)
    .option('--deadline <n>', 'give the update up when it did not land within this many instructions', count)
    .option('--rollback-at <n>', 'take the patch back after this many instructions', count)
    .action(async (file: string, args: string[], options: RunOptions) => {
      checkRunOptions(options);
      process.exitCode = await run(file, args, options);
    });

  guestOptions(
    program
      .command('lockstep')
      .description('run a program in both engines, and stop at the first instruction they do not agree on'),
  ).action(async (file: string, args: string[], options: GuestOptions) => {
    process.exitCode = await run(file, args, { ...options, engine: 'lockstep' });
  });

  program
    .command('pmap')
    .description('show the memory map of a program, as pmap(1) does')
    .argument('<file>', 'the program')
    .option('--at <n>', 'after this many instructions, with empty standard input', count, 0)
    .action((file: string, { at }: { at: number }) => {
      const guest = Process.load(loadImage(file));
      guest.input.end();
      guest.run(at);
      const title = `1:   ${basename(file)} (at instruction ${guest.instructions})`;
      printLines(pmapLines(title, guest.memory.regions));
    });

  program
    .command('inspect')
    .description('show what a program offers to a patch: segments, procedures, frame information, callers')
    .argument('<file>', 'the program')
    .option('--json', 'as JSON')
    .action((file: string, { json }: { json?: true }) => {
      const inspection = inspect(new Program(loadImage(file)));
      printLines(json === true ? [JSON.stringify(inspection, undefined, 2)] : inspectionLines(inspection));
    });

  program
    .command('diff')
    .description('show what changed between two builds, and whether a patch can be made of it')
    .argument('<old>', 'the program that runs')
    .argument('[new]', 'the program it should be')
    .argument('[procedure...]', 'show these side by side, instead of the table')
    .option('--asm <file>', 'procedures in assembly, instead of <new>')
    .option('--all', 'show what is the same too')
    .option('--only <procedure...>', 'patch these of the changed procedures alone')
    .option('--json', 'everything as JSON')
    .option('--width <columns>', 'width of the output, 80 to 160; that of the terminal without', positive)
    .action(async (oldFile: string, newFile: string | undefined, names: string[], options: DiffOptions) => {
      process.exitCode = await diffCommand(oldFile, newFile, names, options);
    });

  program
    .command('demo')
    .description('tell the story of one live patch on both instruction sets')
    .action(async () => {
      await demo();
    });

  return program;
}

function checkRunOptions(options: RunOptions): void {
  const needPatch = {
    at: '--at',
    from: '--from',
    deadline: '--deadline',
    rollbackAt: '--rollback-at',
  } as const;
  for (const [key, flag] of Object.entries(needPatch)) {
    if (options.patch === undefined && options[key as keyof typeof needPatch] !== undefined) {
      throw new CliError(ExitCode.usage, `${flag} is about a patch; name one with --patch NEW`);
    }
  }
  const { at = 0, rollbackAt } = options;
  if (rollbackAt !== undefined && rollbackAt < at) {
    throw new CliError(ExitCode.usage, `--rollback-at ${rollbackAt} lies before --at ${at}`);
  }
}

/** One line on standard error, and the exit code that goes with it. */
function fail(error: unknown): number {
  if (!(error instanceof Error)) throw error;
  if (error instanceof BrokenPipe) return error.code;
  const known = exitCodeOf(error);
  const text = known === undefined ? (error.stack ?? error.message) : error.message;
  try {
    writeThrough(2, Buffer.from(`suture: ${text}\n`));
  } catch {
    return ExitCode.outputFailed;
  }
  return known ?? ExitCode.internal;
}

function exitCodeOf(error: Error): number | undefined {
  if (error instanceof CliError) return error.code;
  if (error instanceof ElfError) return ExitCode.badFile;
  if (error instanceof Divergence) return ExitCode.diverged;
  if (error instanceof AssemblyError) return ExitCode.badFile;
  if (error instanceof AssemblerMissing) return ExitCode.unavailable;
  if (error instanceof EngineUnavailable) return ExitCode.unavailable;
  if (error instanceof Refusal) return error.reason === 'no-change' ? ExitCode.noChange : ExitCode.refused;
  return undefined;
}

try {
  await build().parseAsync();
} catch (error) {
  // Commander has printed its own message already.
  if (!(error instanceof CommanderError)) process.exitCode = fail(error);
  else process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}
