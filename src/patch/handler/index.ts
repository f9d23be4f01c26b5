export { encodeHandlerPlan } from './encode.js';
export { HandlerExecutor, type HandlerRun } from './executor.js';
export type { HandlerPlan } from './layout.js';
export { measureHandlerPause, type HandlerPause } from './measure.js';
export type { HandlerStatus } from './status.js';
export { toHandlerPlan, toInversePlan } from './translate.js';
