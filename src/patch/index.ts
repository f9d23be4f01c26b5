export { align, type Mark } from './align.js';
export { freeAddress, withAssembly } from './assembly.js';
export { planBindings } from './binding-table.js';
export { findBlockers, walkThread, type Blocker, type RuleLookup } from './activeness.js';
export { diff, type DataChange, type Diff, type SymbolVerdict, type Verdict } from './diff.js';
export { explain, type Explanation, type Remark, type RemarkKind } from './explain.js';
export { diffObjects, placeIn } from './exchange.js';
export { measureHandlerPause, type HandlerPause } from './handler/index.js';
export { inspect, type InspectedProcedure, type Inspection } from './inspect.js';
export { gather, link, type LinkOptions } from './link.js';
export { makePlan, type PlanOptions } from './make-plan.js';
export {
  instructingMembers,
  instructionsOf,
  ManifestError,
  parseManifest,
  type Instructions,
  type Manifest,
} from './manifest.js';
export type { Patch } from './patch.js';
export { dependsOnStackPointers, mayBeFound, wordsThatLeadInto } from './resume-scan.js';
export {
  checkSignature,
  fingerprint,
  isPackage,
  readPackage,
  signerOf,
  writePackage,
  type ReadPackage,
  type Signature,
} from './package/container.js';
export { generateKeys, readPrivateKey, readPublicKey, type SigningKey } from './package/crypto.js';
export { PackageError, type PackageProblem } from './package/errors.js';
export type { HookMoment, Metadata, Package } from './package/model.js';
export { openPackage } from './package/open.js';
export { LiveProcess, type ApplyOptions } from './live-process.js';
export type { Applied, Pause, UpdateEvent } from './change.js';
export { UndoFailed } from './journal.js';
export { Update, type Progress } from './pipeline.js';
export { Running } from './running.js';
export { DEFAULT_PATIENCE, type IfBusy, type UpdateOptions } from './update-options.js';
export { nameOfReference } from './names.js';
export { REDIRECTS } from './plan.js';
export type {
  Expectation,
  ForbiddenRange,
  PlacedProcedure,
  Plan,
  PlannedCall,
  PlannedWrite,
  Redirect,
  Reservation,
  Strategy,
} from './plan.js';
export { PlanError, planFromJson, planToJson } from './plan-json.js';
export { Program } from './program.js';
export { UnwindRules } from './unwind-rules.js';
export { match } from './steps.js';
export { neverReturns, nextConsent, nextLookOf, planWait, type Wait } from './waiting.js';
export { select } from './select.js';
export type {
  DataDecision,
  SelectedObject,
  SelectedProcedure,
  Selection,
  SelectOptions,
} from './selection.js';
export { Refusal, type Finding, type RefusalReason } from './refusal.js';
