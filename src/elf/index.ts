export { CallFrames, type FrameRule, type RegisterRule } from './call-frames.js';
export {
  compareLayouts,
  comparePointees,
  DebugInformation,
  describeLayoutChange,
  type AddressRange,
  type DataType,
  type InlinedCall,
  type LayoutChange,
  type Member,
  type Parameter,
  type PointeeChange,
  type Signature,
  type SourceLine,
  type SourceProcedure,
  pointsInto,
  type Reach,
} from './dwarf/index.js';
export { ElfError, hex, type ElfProblem } from './errors.js';
export { EM_RISCV, EM_SPARC, EM_SPARC32PLUS, isObject } from './header.js';
export { dataWithin, marksAbout } from './mapping-symbols.js';
export { readImage, type Image, type Segment, type ThreadStorage } from './image.js';
export { readObject, type ObjectPlace } from './object.js';
export type { Relocation } from './relocations.js';
export type { Section } from './section.js';
export type { Binding, SymbolEntry, SymbolKind } from './symbols.js';
export { countUpTo, symbolNamed, SymbolIndex } from './symbol-index.js';
