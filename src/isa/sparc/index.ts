import { EM_SPARC } from '../../elf/index.js';
import type { Isa } from '../isa.js';
import { SP, WINDOW_SAVE_BYTES } from './abi.js';
import { takeApart, type SparcBody } from './body.js';
import { SparcCore } from './execute.js';
import { largestSize, place } from './place.js';
import { redirectCall, trampoline } from './redirect.js';
import { isDataWord, relocationName } from './relocations.js';
import { signalFrames } from './signal-frame.js';
import { systemCalls } from './system-calls.js';
import { describe, instructionSize, jumpTarget } from './text.js';
import { codeWords, exits, walk } from './unwind.js';

/** FLUSH, STBAR, SWAP, MULDIV. */
const HWCAP_V8 = 0xf;

export const sparc: Isa = {
  name: 'sparc',
  title: 'SPARC V8',
  machine: EM_SPARC,
  bits: 32,
  bigEndian: true,
  systemCalls,
  signalFrames,
  hardwareCapabilities: HWCAP_V8,
  stackPointer: SP,
  windowSave: WINDOW_SAVE_BYTES,
  createCore: (bus) => new SparcCore(bus),
  instructionSize,
  describe,
  jumpTarget,
  takeApart,
  largestSize: (body) => largestSize(body as SparcBody),
  place: (body, placement) => place(body as SparcBody, placement),
  isDataWord,
  relocationName,
  // `ba`, less what rounding to pages may cost.
  jumpReach: (8 << 20) - 8192,
  trampoline,
  redirectCall,
  walk,
  codeWords,
  exits,
};
