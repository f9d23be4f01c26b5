#!/usr/bin/env node
/** The command line. No engine logic here: it reads files, calls, and prints. */
import { Command, CommanderError, Option } from 'commander';
import { MADE_ISAS } from '../compare/index.js';
import type { EngineName } from '../machine/engine.js';
import { inspect, Program } from '../patch/index.js';
import { DEFAULT_QUANTUM } from '../process/scheduler.js';
import { buildCommand, keygenCommand, type BuildOptions } from './build.js';
import {
  guestOptions,
  ifBusyOption,
  placeOption,
  processOptions,
  redirectionOptions,
  startOptions,
  trustOption,
  updateOptions,
} from './common-options.js';
import { compareCommand, type CompareCommandOptions } from './compare.js';
import { demo } from './demo.js';
import { diffCommand, type DiffOptions } from './diff.js';
import { CliError, ExitCode } from './exit-codes.js';
import { fail } from './failure.js';
import { loadImage } from './files.js';
import { printLines } from './guest.js';
import { inspectionLines } from './inspect.js';
import type { GuestOptions } from './load-guest.js';
import { withWorkload } from './manifest-workload.js';
import { count, exitStatus, extent, fileName, positive, several } from './option-values.js';
import { planCommand, type PlanCommandOptions } from './plan.js';
import { pmapCommand, type PmapOptions } from './pmap-command.js';
import { rehearseCommand, type RehearseOptions } from './rehearse.js';
import { run, type RunOptions } from './run.js';
import { showCommand, type ShowOptions } from './show.js';

const ENGINES: readonly EngineName[] = ['builtin', 'unicorn'];

function build(): Command {
  const program = new Command('suture')
    .description('Hot patches for RISC programs: run a program, patch it while it runs, take the patch back.')
    .showHelpAfterError('(suture --help shows what is possible)')
    .exitOverride();

  updateOptions(
    guestOptions(
      program
        .command('run')
        .description(
          'run a statically linked Linux program for RISC-V or 32-bit SPARC; a file as standard input is there from ' +
            'the start, a pipe or terminal is read when every thread waits',
        ),
    ),
  )
    .addOption(
      new Option('--engine <name>', 'what executes instructions').choices(ENGINES).default('builtin'),
    )
    .option('--trace', 'tell every system call and signal on standard error')
    .option('--trace-instructions', 'tell every instruction on standard error')
    .option('--deadline <n>', 'give the update up when it did not land within this many instructions', count)
    .option(
      '--rollback-at <when>',
      'take the latest patch back then; may be given several times',
      several,
      undefined,
    )
    .addOption(ifBusyOption())
    .addOption(
      new Option(
        '--executor <who>',
        'who makes the update: suture from outside, or a signal handler that it puts into the program',
      )
        .choices(['host', 'handler'])
        .default('host'),
    )
    .option('--events <file>', 'write what happens to the updates there, a JSON object a line')
    .action(async (file: string, args: string[], options: RunOptions) => {
      checkRunOptions(options);
      process.exitCode = await run(file, args, options);
    });

  guestOptions(
    program
      .command('lockstep')
      .description('run a program in both engines, and stop at the first instruction they do not agree on'),
  ).action(async (file: string, args: string[], options: GuestOptions) => {
    process.exitCode = await run(file, args, { ...options, engine: 'lockstep', trust: new Map() });
  });

  updateOptions(
    guestOptions(
      program
        .command('pmap')
        .description(
          'show the memory map of a program at a moment, as pmap(1) does, and what patches made of it',
        ),
    ),
  ).action(async (file: string, args: string[], options: PmapOptions) => {
    await pmapCommand(file, args, options);
  });

  updateOptions(
    guestOptions(
      program
        .command('plan')
        .description('show what a patch would do to a program at a moment, every byte of it, and why'),
    ),
  )
    .option('--json', 'everything as JSON')
    .addOption(
      new Option(
        '--format <form>',
        'write the plan, or the one that takes it back, in the binary form of the handler inside the process',
      )
        .choices(['handler', 'handler-inverse'])
        .conflicts('json'),
    )
    .option('-o, --output <file>', 'where to, with --format')
    .action(async (file: string, args: string[], options: PlanCommandOptions) => {
      await planCommand(file, args, options);
    });

  const rehearsal = program
    .command('rehearse')
    .description('decide what becomes of a patch at every instruction of a run where it could land')
    .argument('<file>', 'the program')
    .argument('<patch>', 'a package, or the newer build; several, joined by commas, land together')
    .argument('[args...]', 'arguments of the program; those that begin with - come after --')
    .option('--workload <manifest>', 'the run, and what is right, as a manifest has them; options go before')
    .option('--stdin <file>', 'what it reads from standard input; nothing without')
    .option(
      '--dir <directory>',
      'let it use the files below this directory; what it writes there is forgotten',
    );
  startOptions(rehearsal)
    .option('--seeds <k>', 'rehearse under so many seeds, from --seed on', positive, 1)
    .option(
      '--quantum <n>',
      'instructions of a turn, on average, of several threads',
      positive,
      DEFAULT_QUANTUM,
    )
    .option('--max-instructions <n>', 'a run hangs that has not ended after so many', count);
  redirectionOptions(rehearsal)
    .addOption(trustOption('apply no package but those'))
    .option('--from <old>', 'the build the patch starts from, when that is not <file>')
    .option('--new <file>', 'the newer build, to compare with, when <patch> is a package')
    .option(
      '--expect <file>',
      'the output that is right, in place of: the old one up to some point, then the new',
    )
    .option('--status <n>', 'the exit status that is right', exitStatus)
    .addOption(
      new Option(
        '--oracle <module>',
        'a JavaScript module whose default export says what is wrong with a run (see README)',
      )
        .argParser(fileName)
        .conflicts(['expect', 'status']),
    )
    .option('--deadline <n>', 'instructions the update waits at most', count)
    .addOption(ifBusyOption())
    .option('--jobs <n>', 'worker threads; as many as there are processors without', positive)
    .option('--budget <amount>', 'stop after a time (90s, 5m, 2h) or after patched runs (1000runs)')
    .option('--journal <file>', 'keep what was found there, and go on from it the next time', fileName)
    .option(
      '--self-check <points>',
      'try so many random points one by one as well, or all of a short run',
      extent,
    )
    .option('--json', 'everything as JSON')
    .option('--html <file>', 'a map of the run, a page that stands alone', fileName)
    .action(
      async (file: string, patch: string, given: string[], options: RehearseOptions, command: Command) => {
        const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
        const patches = patch.split(',');
        const { args, ...rest } = withWorkload(patches, given, options, isGiven);
        process.exitCode = await rehearseCommand(file, patches, args, { ...options, ...rest });
      },
    );

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
    .command('build')
    .description('make a package that turns one build of a program into another while it runs')
    .argument('<old>', 'the program that runs')
    .argument('[new]', 'the program it should be')
    .option(
      '--program <file>',
      'the running program, when <old> and <new> are objects that it is linked from',
    )
    .option('--asm <file>', 'procedures in assembly, instead of <new>')
    .requiredOption('-o, --output <file>', 'the package')
    .option('--manifest <file>', 'what you say of the update: title, nature, data, hooks; JSON')
    .option('--only <procedure...>', 'replace these of the changed procedures alone')
    .option('--key <file>', 'sign it with this private key')
    .action(async (oldFile: string, newFile: string | undefined, options: BuildOptions) => {
      await buildCommand(oldFile, newFile, options);
    });

  program
    .command('show')
    .description('show what is in a package, and who signed it')
    .argument('<package>', 'the package')
    .option('--json', 'everything as JSON')
    .addOption(trustOption('exit with 81 for packages other than those'))
    .action((file: string, options: ShowOptions) => {
      process.exitCode = showCommand(file, options);
    });

  program
    .command('keygen')
    .description('make a pair of Ed25519 keys to sign packages with')
    .argument('<file>', 'the private key; the public one goes to FILE.pub')
    .action((file: string) => {
      keygenCommand(file);
    });

  processOptions(
    program
      .command('compare')
      .description('measure one update under every strategy, and a restart, on one workload')
      .argument('[old]', "the program that runs; it reads suture's input")
      .argument('[new]', 'the program it should be, or a package')
      .argument('[args...]', 'arguments of the program; those that begin with - come after --'),
  )
    .option('--points <n>', 'update points, drawn from the seed', positive, 20)
    .addOption(placeOption())
    .option('--series', 'measure programs of growing size instead, which are made for that')
    .addOption(new Option('--isa <name...>', 'instruction sets of --series; all without').choices(MADE_ISAS))
    .option('--json', 'everything as JSON')
    .option('--html <file>', 'write a report with plots there, one page that needs nothing else')
    .action(
      async (
        old: string | undefined,
        next: string | undefined,
        args: string[],
        options: CompareCommandOptions,
      ) => {
        const files = [old, next].filter((file) => file !== undefined);
        await compareCommand([...files, ...args], options);
      },
    );

  program
    .command('demo')
    .description('tell the story of one live patch on both instruction sets')
    .action(async () => {
      await demo();
    });

  return program;
}

function checkRunOptions(options: RunOptions): void {
  if (options.patch !== undefined) return;
  const needPatch = {
    at: '--at',
    from: '--from',
    deadline: '--deadline',
    rollbackAt: '--rollback-at',
    redirect: '--redirect',
    place: '--place',
  } as const;
  for (const [key, flag] of Object.entries(needPatch)) {
    if (options[key as keyof typeof needPatch] !== undefined) {
      throw new CliError(ExitCode.usage, `${flag} is about a patch; name one with --patch NEW`);
    }
  }
  if (options.trust.size > 0) {
    throw new CliError(ExitCode.usage, '--trust is about a package; name one with --patch FILE');
  }
}

try {
  await build().parseAsync();
} catch (error) {
  // Commander has printed its own message already.
  if (!(error instanceof CommanderError)) process.exitCode = fail(error);
  else process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}
