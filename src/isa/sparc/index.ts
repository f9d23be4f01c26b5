import { EM_SPARC, EM_SPARC32PLUS } from '../../elf/index.js';
import type { Bus, Core } from '../core.js';
import type { Isa } from '../isa.js';
import { SP, WINDOW_SAVE_BYTES } from './abi.js';
import { assemble } from './assemble.js';
import { NOP_TOKEN, takeApart, type SparcBody, type SparcItem } from './body.js';
import { beginCall, callResult, FIXED_REGISTERS, setsFixedRegister } from './call.js';
import { decode, decodeV9, type Decode } from './decode.js';
import { SparcCore } from './execute.js';
import { SparcV9Core } from './execute-v9.js';
import { largestSize, place } from './place.js';
import { redirectCall, tableJump, trampoline } from './redirect.js';
import { registersWritten } from './written.js';
import { fieldSize, isDataWord, relocationName } from './relocations.js';
import { signalFrames } from './signal-frame.js';
import { spell } from './spell.js';
import { stackChange } from './stack-change.js';
import { systemCalls } from './system-calls.js';
import { describing, instructionSize, jumpTarget, misreading } from './text.js';
import { callsThatLeft, codeWords, exits, returnsFromSignal, walk } from './unwind.js';

/** Of AT_HWCAP: FLUSH, STBAR, SWAP, MULDIV; and V9. */
const HWCAP_V8 = 0xf;
const HWCAP_V9 = 0x10;

const isaOf = (title: string, machine: number, decodeWord: Decode, createCore: (bus: Bus) => Core): Isa => ({
  name: 'sparc',
  title,
  machine,
  bits: 32,
  bigEndian: true,
  systemCalls,
  signalFrames,
  beginCall,
  fixedRegisters: FIXED_REGISTERS,
  setsFixedRegister: (bytes) => setsFixedRegister(bytes, decodeWord),
  callResult,
  hardwareCapabilities: machine === EM_SPARC ? HWCAP_V8 : HWCAP_V8 | HWCAP_V9,
  stackPointer: SP,
  windowSave: WINDOW_SAVE_BYTES,
  createCore,
  instructionSize,
  describe: describing(decodeWord),
  misread: misreading(decodeWord),
  jumpTarget,
  assemble,
  linkerSymbols: [],
  takeApart,
  spell: (item, text, name) => spell(item as SparcItem, text, name),
  registersWritten: (body) => registersWritten(body as SparcBody),
  nopToken: NOP_TOKEN,
  largestSize: (body) => largestSize(body as SparcBody),
  place: (body, placement) => place(body as SparcBody, placement),
  isDataWord,
  relocationName,
  fieldSize,
  // `ba`, less what rounding to pages may cost.
  jumpReach: (8 << 20) - 8192,
  jumpRegister: 'g1',
  trampoline,
  redirectCall,
  tableJump,
  walk,
  codeWords,
  stackChange: (bytes) => stackChange(bytes, decodeWord),
  callsThatLeft,
  returnsFromSignal,
  exits,
  returnRegisterHoldsCall: true,
});

export const sparc = isaOf('SPARC V8', EM_SPARC, decode, (bus) => new SparcCore(bus));

export const sparcV8plus = isaOf(
  'SPARC V9, 32-bit (v8plus)',
  EM_SPARC32PLUS,
  decodeV9,
  (bus) => new SparcV9Core(bus),
);
