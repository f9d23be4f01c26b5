export {
  DebugInformation,
  type InlinedCall,
  type Parameter,
  type Signature,
  type SourceLine,
  type SourceProcedure,
} from './debug-information.js';
export {
  compareLayouts,
  comparePointees,
  describeLayoutChange,
  type LayoutChange,
  type PointeeChange,
} from './layout-changes.js';
export { pointsInto, type Reach } from './pointed-to.js';
export type { AddressRange } from './ranges.js';
export type { DataType, Member } from './types.js';
