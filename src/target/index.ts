export { MOST_OUTPUT } from './target.js';
export { EmulatedTarget } from './emulated.js';
export type {
  CallEnd,
  CallOutcome,
  OutsideCall,
  Target,
  TargetRegion,
  TargetStop,
  TargetThread,
} from './target.js';
