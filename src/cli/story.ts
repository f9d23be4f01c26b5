/** An update in words, one line an event. */
import { hex, SymbolIndex, type Image } from '../elf/index.js';
import type { Blocker, Pause, UpdateEvent, Wait } from '../patch/index.js';

/** @param threads how many the process has. */
export function eventLine(event: UpdateEvent, image: Image, threads: number): string {
  const index = new SymbolIndex(image.symbols);
  switch (event.kind) {
    case 'prepared': {
      const names = event.plan.procedures.map(({ name, strategy }) => `${name} (${strategy})`).join(', ');
      return `update prepared: ${names}`;
    }
    case 'busy': {
      const [first] = event.blockers;
      return `update waits: ${first === undefined ? '' : blockerText(first, threads)}; ${waitText(event.wait, index)}`;
    }
    case 'not-now':
      return `update waits: the ${event.call.why} says that it is not the moment`;
    case 'called':
      return `update called the ${event.call.why}: ${endText(event)}`;
    case 'applied':
      return `update applied at instruction ${event.instructions}${pauseText(event.pause)}`;
    case 'undone': {
      const kept = event.kept ? '; its memory is kept: something may still point there' : '';
      return `update taken back at instruction ${event.instructions}${pauseText(event.pause)}${kept}`;
    }
  }
}

const pauseText = ({ wordsWritten, framesWalked, wordsScanned, instructions }: Pause): string =>
  ` (pause: ${wordsWritten} words written, ${framesWalked} frames walked, ${wordsScanned} words scanned, ` +
  `${instructions} instructions executed)`;

function endText({ end, instructions }: Extract<UpdateEvent, { kind: 'called' }>): string {
  const after = `after ${instructions} instructions`;
  switch (end.kind) {
    case 'returned':
      return `it answered ${end.value} ${after}`;
    case 'limit':
      return `it did not return ${after}`;
    case 'system-call':
      return `it made the system call ${end.name} ${after}`;
    case 'trap':
      return `it failed ${after}`;
  }
}

/** @param threads how many the process has: with more than one, the text says which is meant. */
export function blockerText(blocker: Blocker, threads: number): string {
  const text = placeText(blocker);
  return threads > 1 && blocker.thread !== undefined ? `in thread ${blocker.thread}, ${text}` : text;
}

function placeText({ thread, range, depth, address, foundAt }: Blocker): string {
  if (depth === 0) return `pc ${hex(address)} is in ${range.name}`;
  if (depth !== undefined) return `frame ${depth} returns to ${hex(address)} in ${range.name}`;
  const memory = thread === undefined ? 'memory' : 'the stack';
  const place = foundAt === 'register' ? 'a register' : `${memory} at ${hex(foundAt ?? 0)}`;
  return `${place} holds ${hex(address)}, which may be a return into ${range.name}`;
}

export function waitText({ addresses, exits }: Wait, index: SymbolIndex): string {
  if (addresses.length === 0) return exits ? 'and looks again' : 'for one instruction';
  const places = addresses
    .map((address) => `${hex(address)} (${index.describe(address) ?? 'no symbol'})`)
    .join(', ');
  return exits ? `until an exit is reached: ${places}` : `until the return to ${places}`;
}
