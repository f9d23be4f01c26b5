/** `--executor handler`: updates that a signal handler inside the process makes. */
import { fileURLToPath } from 'node:url';
import type { Image } from '../elf/index.js';
import { findingText, HandlerSession, type HandlerEvent } from '../patch/handler/index.js';
import type { IfBusy, Refusal } from '../patch/index.js';
import type { Process } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage } from './files.js';
import { isaInFiles } from './handler-program.js';
import type { Runner } from './runner.js';
import type { Step } from './schedule.js';

/** The prebuilt handler for the ISA of a program. */
function handlerFor(image: Image): Image {
  return loadImage(
    fileURLToPath(new URL(`../../targets/updater/updater.${isaInFiles(image)}.elf`, import.meta.url)),
  );
}

/** @throws CliError for what only the host does. */
export function refuseForHandler(options: {
  bindingTable?: true;
  ifBusy?: IfBusy;
  events?: string;
  patch?: string[];
}): void {
  const host: [flag: string, given: boolean][] = [
    ['--binding-table', options.bindingTable === true],
    ['--if-busy cross-version', options.ifBusy === 'cross-version'],
    ['--events', options.events !== undefined],
    ['more than one --patch', (options.patch?.length ?? 0) > 1],
  ];
  const wrong = host.find(([, given]) => given);
  if (wrong === undefined) return;
  throw new CliError(
    ExitCode.usage,
    `--executor handler does not go with ${wrong[0]}; the host's executor does that`,
  );
}

/** Carries out one step after another; ends with the first that is refused. */
export class HandlerSteps {
  private readonly session: HandlerSession;

  constructor(
    private readonly guest: Process,
    private readonly runner: Runner,
    private readonly tell: (line: string) => void,
  ) {
    this.session = new HandlerSession(new EmulatedTarget(guest), handlerFor(guest.image));
  }

  async carryOut(step: Step, patience: number | undefined, options: object): Promise<Refusal | undefined> {
    let last = '';
    const onEvent = (event: HandlerEvent): void => {
      const line = eventText(event, this.guest.instructions);
      if (line !== last) this.tell(line);
      last = line;
    };
    return this.runner.carryOut(patience, (deadline) =>
      step.kind === 'update'
        ? this.session.update(step.patches[0]!, { ...options, deadline, onEvent })
        : this.session.rollback({ deadline, onEvent }),
    );
  }
}

function eventText(event: HandlerEvent, instructions: number): string {
  const { run } = event;
  const pause =
    `(pause: ${run.instructions} instructions of the handler, ${run.wordsWritten} words written, ` +
    `${run.framesWalked} frames walked, ${run.wordsScanned} words scanned)`;
  switch (event.kind) {
    case 'prepared': {
      const names = event.plan.procedures.map(({ name, strategy }) => `${name} (${strategy})`).join(', ');
      return `update prepared by the handler in the process, ${run.instructions} instructions: ${names}`;
    }
    case 'busy':
      return `update waits: ${findingText(run)}; the signal comes again`;
    case 'applied':
      return `update applied at instruction ${instructions} ${pause}`;
    case 'undone':
      return `update taken back at instruction ${instructions} ${pause}`;
  }
}
