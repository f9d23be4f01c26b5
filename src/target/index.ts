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
