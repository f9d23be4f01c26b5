/** Reads a target's memory by words. */
import { MemoryFault } from '../isa/core.js';
import type { Target } from '../target/index.js';

/** Undefined where nothing is mapped. */
export function readWords(target: Target): (address: number) => number | undefined {
  return (address) => {
    try {
      const bytes = target.read(address, 4);
      return new DataView(bytes.buffer).getUint32(0, !target.isa.bigEndian);
    } catch (error) {
      if (error instanceof MemoryFault) return undefined;
      throw error;
    }
  };
}
