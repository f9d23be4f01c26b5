import { EM_RISCV } from '../../elf/index.js';
import type { Isa } from '../isa.js';
import { SP } from './abi.js';
import { takeApart, type RiscvBody } from './body.js';
import { RiscvCore } from './execute.js';
import { largestSize, place } from './place.js';
import { redirectCall, trampoline } from './redirect.js';
import { relocationName, WORD } from './relocations.js';
import { signalFrames } from './signal-frame.js';
import { systemCalls } from './system-calls.js';
import { describe, instructionSize, jumpTarget } from './text.js';
import { codeWords, exits, walk } from './unwind.js';

/** A bit for each letter. */
const HWCAP_IMAFDC = 0x112d;

export const riscv: Isa = {
  name: 'riscv',
  title: 'RISC-V RV32IMAC',
  machine: EM_RISCV,
  bits: 32,
  bigEndian: false,
  systemCalls,
  signalFrames,
  hardwareCapabilities: HWCAP_IMAFDC,
  stackPointer: SP,
  windowSave: 0,
  createCore: (bus) => new RiscvCore(bus),
  instructionSize,
  describe,
  jumpTarget,
  takeApart,
  largestSize: (body) => largestSize(body as RiscvBody),
  place: (body, placement) => place(body as RiscvBody, placement),
  isDataWord: (type) => type === (WORD as number),
  relocationName,
  // `jal`, less what rounding to pages may cost.
  jumpReach: (1 << 20) - 8192,
  trampoline,
  redirectCall,
  walk,
  codeWords,
  exits,
};
