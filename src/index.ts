/**
 * Suture as a library.
 *
 * @example
 * import { readImage, Program, diff, link, Process, EmulatedTarget, LiveProcess } from 'suture';
 *
 * const patch = link(diff(new Program(readImage(oldBytes, 'old.elf')), new Program(readImage(newBytes, 'new.elf'))));
 * const process = Process.load(readImage(oldBytes, 'old.elf'), { output: (_fd, bytes) => console.log(bytes) });
 * process.run(2000); // the update point: 2000 instructions after the start
 * const live = new LiveProcess(new EmulatedTarget(process));
 * live.update(patch).advance(); // lands here, or when the blocking activation has returned
 * live.rollback().advance();
 */
export {
  ElfError,
  readImage,
  SymbolIndex,
  type ElfProblem,
  type Image,
  type SymbolEntry,
} from './elf/index.js';
export type { Access, Core, FaultCause, Register, Trap } from './isa/core.js';
export { isaOf, type Isa } from './isa/index.js';
export { Memory, showProtection, type Region } from './machine/memory.js';
export {
  diff,
  explain,
  findBlockers,
  inspect,
  link,
  LiveProcess,
  makePlan,
  Program,
  Refusal,
  UndoFailed,
  Update,
  type Applied,
  type Blocker,
  type Diff,
  type Expectation,
  type Explanation,
  type Finding,
  type ForbiddenRange,
  type InspectedProcedure,
  type Inspection,
  type Patch,
  type PlacedProcedure,
  type Plan,
  type PlannedCall,
  type PlannedWrite,
  type Pause,
  type IfBusy,
  type Progress,
  type RefusalReason,
  type Remark,
  type RemarkKind,
  type Reservation,
  type Strategy,
  type SymbolVerdict,
  type UpdateEvent,
  type UpdateOptions,
  type Verdict,
} from './patch/index.js';
export { Process, type ProcessOptions, type ProcessStop, type TraceEvent } from './process/process.js';
export { reportTrap, type TrapReport } from './process/report.js';
export {
  EmulatedTarget,
  type Target,
  type TargetRegion,
  type TargetStop,
  type TargetThread,
} from './target/index.js';
