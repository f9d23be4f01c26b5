export { findBlockers, walkThread, type Blocker, type RuleLookup } from './activeness.js';
export { diff, type Diff, type SymbolVerdict, type Verdict } from './diff.js';
export { inspect, type InspectedProcedure, type Inspection } from './inspect.js';
export { link, type LinkOptions } from './link.js';
export { makePlan } from './make-plan.js';
export type { Patch } from './patch.js';
export type { Package } from './package/model.js';
export { openPackage } from './package/open.js';
export {
  LiveProcess,
  Update,
  type Applied,
  type Progress,
  type UpdateEvent,
  type UpdateOptions,
} from './pipeline.js';
export type {
  Expectation,
  ForbiddenRange,
  PlacedProcedure,
  Plan,
  PlannedCall,
  PlannedWrite,
  Reservation,
  Strategy,
} from './plan.js';
export { Program } from './program.js';
export { select, type Selection } from './select.js';
export type { Wait } from './waiting.js';
export { Refusal, type Finding, type RefusalReason } from './refusal.js';
