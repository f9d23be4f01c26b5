export { EmulatedTarget } from './emulated.js';
export type { Target, TargetRegion, TargetStop, TargetThread } from './target.js';
