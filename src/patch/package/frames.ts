/** Call-frame rules of the code in a package, found by addresses of the new program. */
import { countUpTo, type FrameRule } from '../../elf/index.js';
import type { Package, PackageProcedure } from './model.js';

/** Whatever knows where a caller's registers are. */
export interface RuleSource {
  ruleAt(pc: number): FrameRule | undefined;
}

export class PackageFrames implements RuleSource {
  private readonly procedures: readonly PackageProcedure[];

  constructor({ procedures }: Package) {
    this.procedures = [...procedures].sort((a, b) => a.address - b.address);
  }

  /** The rule at an address of the new program; undefined where none is known. */
  ruleAt(pc: number): FrameRule | undefined {
    const procedure = this.procedures[countUpTo(this.procedures, pc, (p) => p.address) - 1];
    if (procedure === undefined || pc >= procedure.address + procedure.contents.size) return undefined;
    const { frames, address } = procedure;
    return frames[countUpTo(frames, pc - address, (row) => row.offset) - 1]?.rule;
  }
}
