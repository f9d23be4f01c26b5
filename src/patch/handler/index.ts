export { decodeHandlerPlan, HandlerPlanError } from './decode.js';
export { encodeHandlerPlan } from './encode.js';
export { HandlerExecutor, type HandlerRun } from './executor.js';
export type { HandlerPlan } from './layout.js';
export { measureHandlerPause, type HandlerPause } from './measure.js';
export { findingText, HandlerSession, type HandlerEvent, type HandlerOptions } from './session.js';
export type { HandlerStatus } from './status.js';
export { toHandlerPlan, toInversePlan } from './translate.js';
