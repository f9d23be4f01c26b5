import { EM_RISCV } from '../../elf/index.js';
import type { Isa } from '../isa.js';
import { SP } from './abi.js';
import { GLOBAL_POINTER, NOP_TOKEN, takeApart, type RiscvBody, type RiscvItem } from './body.js';
import { beginCall, callResult, FIXED_REGISTERS, setsFixedRegister } from './call.js';
import { RiscvCore } from './execute.js';
import { Riscv64Core } from './execute64.js';
import { largestSize, place } from './place.js';
import { redirectCall, tableJump, trampoline } from './redirect.js';
import { registersWritten } from './written.js';
import { fieldSize, isDataWord, relocationName } from './relocations.js';
import { signalFrames } from './signal-frame.js';
import { spell } from './spell.js';
import { stackChange } from './stack-change.js';
import { systemCalls } from './system-calls.js';
import type { Xlen } from './table.js';
import { describe, instructionSize, jumpTarget } from './text.js';
import { callsThatLeft, codeWords, exits, returnsFromSignal, walk } from './unwind.js';

/** A bit for each letter. */
const HWCAP_IMAFDC = 0x112d;

const ofWidth = (xlen: Xlen): Isa => ({
  name: 'riscv',
  title: `RISC-V RV${xlen}GC`,
  machine: EM_RISCV,
  bits: xlen,
  bigEndian: false,
  systemCalls: systemCalls(xlen),
  signalFrames,
  beginCall,
  fixedRegisters: FIXED_REGISTERS,
  setsFixedRegister: (bytes) => setsFixedRegister(bytes, xlen),
  callResult,
  hardwareCapabilities: HWCAP_IMAFDC,
  stackPointer: SP,
  windowSave: 0,
  createCore: (bus) => (xlen === 64 ? new Riscv64Core(bus) : new RiscvCore(bus)),
  instructionSize,
  describe: (bytes) => describe(bytes, xlen),
  jumpTarget: (bytes, address) => jumpTarget(bytes, address, xlen),
  linkerSymbols: [GLOBAL_POINTER],
  takeApart,
  spell: (item, text, name) => spell(item as RiscvItem, text, name),
  registersWritten: (body) => registersWritten(body as RiscvBody, xlen),
  nopToken: NOP_TOKEN,
  largestSize: (body) => largestSize(body as RiscvBody),
  place: (body, placement) => place(body as RiscvBody, placement),
  isDataWord: (type) => isDataWord(type, xlen),
  relocationName,
  fieldSize,
  // `jal`, less what rounding to pages may cost.
  jumpReach: (1 << 20) - 8192,
  // t1.
  jumpRegister: 'x6',
  trampoline: (at, to) => trampoline(at, to, xlen),
  redirectCall: (site, to) => redirectCall(site, to, xlen),
  tableJump: (at, table) => tableJump(at, table, xlen),
  walk: (context) => walk(context, xlen),
  codeWords: (core) => codeWords(core, xlen),
  stackChange: (bytes) => stackChange(bytes, xlen),
  callsThatLeft: (address, read32) => callsThatLeft(address, read32, xlen),
  returnsFromSignal,
  returnRegisterHoldsCall: false,
  exits: (code, ruleAt) => exits(code, xlen, ruleAt),
});

export const riscv32 = ofWidth(32);
export const riscv64 = ofWidth(64);
