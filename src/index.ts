/**
 * Suture as a library.
 *
 * @example
 * import { readImage, Program, diff, link, openPackage, Process, EmulatedTarget, LiveProcess } from 'suture';
 *
 * const made = link(diff(new Program(readImage(oldBytes, 'old.elf')), new Program(readImage(newBytes, 'new.elf'))));
 * const patch = openPackage(made); // or of a file: openPackage(readPackage(bytes, 'fix.lup').package)
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
  checkSignature,
  diff,
  explain,
  findBlockers,
  fingerprint,
  generateKeys,
  inspect,
  instructionsOf,
  isPackage,
  link,
  LiveProcess,
  makePlan,
  ManifestError,
  openPackage,
  PackageError,
  parseManifest,
  PlanError,
  planFromJson,
  planToJson,
  Program,
  readPackage,
  readPrivateKey,
  readPublicKey,
  Refusal,
  select,
  signerOf,
  UndoFailed,
  Update,
  writePackage,
  type Applied,
  type Blocker,
  type DataDecision,
  type Diff,
  type Expectation,
  type Explanation,
  type Finding,
  type ForbiddenRange,
  type HookMoment,
  type InspectedProcedure,
  type Inspection,
  type Instructions,
  type LinkOptions,
  type Manifest,
  type Metadata,
  type Package,
  type PackageProblem,
  type Patch,
  type PlacedProcedure,
  type Plan,
  type PlannedCall,
  type PlannedWrite,
  type Pause,
  type IfBusy,
  type Progress,
  type ReadPackage,
  type RefusalReason,
  type Remark,
  type RemarkKind,
  type Reservation,
  type SelectOptions,
  type Selection,
  type Signature,
  type SigningKey,
  type Strategy,
  type SymbolVerdict,
  type UpdateEvent,
  type UpdateOptions,
  type Verdict,
} from './patch/index.js';
export {
  decodeHandlerPlan,
  encodeHandlerPlan,
  HandlerExecutor,
  HandlerPlanError,
  HandlerSession,
  measureHandlerPause,
  toHandlerPlan,
  toInversePlan,
  type HandlerEvent,
  type HandlerOptions,
  type HandlerPause,
  type HandlerPlan,
  type HandlerRun,
  type HandlerStatus,
} from './patch/handler/index.js';
export { Process, type ProcessOptions, type ProcessStop, type TraceEvent } from './process/process.js';
export {
  assemble,
  Decider,
  EndlessRun,
  mapHtml,
  OldThenNew,
  referencesOf,
  rehearsalJson,
  runAlone,
  summaryLines,
  type Conflict,
  type Difference,
  type Judge,
  type Judgement,
  type Part,
  type Place,
  type PointClass,
  type Reference,
  type RehearsedUpdate,
  type Rehearsal,
  type Solo,
  type Waited,
  type Workload,
} from './rehearsal/index.js';
export { reportTrap, type TrapReport } from './process/report.js';
export {
  EmulatedTarget,
  type Target,
  type TargetRegion,
  type TargetStop,
  type TargetThread,
} from './target/index.js';
