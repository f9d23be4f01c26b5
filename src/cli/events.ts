/** The events of an update as JSON, an object a line, for `--events`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { hex } from '../elf/index.js';
import type { Blocker, Plan, Refusal, UpdateEvent } from '../patch/index.js';
import { CliError, ExitCode } from './exit-codes.js';

/** Addresses are strings in hexadecimal; `instructions` says when. */
export function eventRecord(event: UpdateEvent, instructions: number): Record<string, unknown> {
  switch (event.kind) {
    case 'prepared':
      return { event: 'prepared', instructions, ...planSummary(event.plan) };
    case 'busy':
      return {
        event: 'busy',
        instructions,
        blockers: event.blockers.map(blockerRecord),
        waitsFor: event.wait.addresses.map(hex),
        exits: event.wait.exits,
      };
    case 'not-now':
      return { event: 'not-now', instructions, call: event.call.why, again: event.again };
    case 'called':
      return {
        event: 'called',
        instructions,
        when: event.call.when,
        call: event.call.why,
        address: hex(event.call.address),
        end: event.end,
        executed: event.instructions,
      };
    case 'applied':
      return { event: 'applied', instructions, from: event.plan.program, pause: event.pause };
    case 'undone': {
      const { plan, kept, changedSince, pause } = event;
      return { event: 'undone', instructions, to: plan.program, kept, changedSince, pause };
    }
  }
}

/** How an update ended that was refused. */
export function refusalRecord({ findings }: Refusal, instructions: number): Record<string, unknown> {
  return { event: 'refused', instructions, findings };
}

function planSummary({ program, procedures, reservations, writes, notes }: Plan): Record<string, unknown> {
  return {
    from: program,
    procedures: procedures.map(({ name, strategy, why, start, size }) => ({
      name,
      strategy,
      why,
      at: hex(start),
      size,
    })),
    reservations: reservations.map(({ name, start, end, why }) => ({
      name,
      start: hex(start),
      end: hex(end),
      why,
    })),
    commit: writes
      .filter(({ phase }) => phase === 'commit')
      .map(({ address, after, why }) => ({ at: hex(address), size: after.length, why })),
    notes,
  };
}

function blockerRecord({
  thread,
  range,
  depth,
  address,
  foundAt,
  returnsTo,
  reliable,
}: Blocker): Record<string, unknown> {
  return {
    thread,
    procedure: range.name,
    range: [hex(range.start), hex(range.end)],
    depth,
    address: hex(address),
    foundAt: typeof foundAt === 'number' ? hex(foundAt) : foundAt,
    returnsTo: returnsTo === undefined ? undefined : hex(returnsTo),
    reliable,
  };
}

/** Appends lines to a file that is made anew. */
export class EventFile {
  private readonly descriptor: number;

  /** @throws CliError when the file cannot be made. */
  constructor(private readonly path: string) {
    try {
      this.descriptor = openSync(path, 'w');
    } catch (error) {
      throw new CliError(ExitCode.outputFailed, `--events ${path}: ${(error as Error).message}`);
    }
  }

  write(record: Record<string, unknown>): void {
    try {
      writeSync(this.descriptor, `${JSON.stringify(record)}\n`);
    } catch (error) {
      throw new CliError(ExitCode.outputFailed, `--events ${this.path}: ${(error as Error).message}`);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
