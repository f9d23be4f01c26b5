/** Reads a target's memory by words. */
import { countUpTo } from '../elf/index.js';
import { MemoryFault } from '../isa/core.js';
import type { Target } from '../target/index.js';

/** Undefined where nothing is mapped. */
export function readWords(target: Target): (address: number) => number | undefined {
  const regions = target.regions();
  return (address) => {
    // Most words that are tried lead nowhere, and a fault costs more than a look at the map.
    const region = regions[countUpTo(regions, address, ({ start }) => start) - 1];
    if (region === undefined || address >= region.end) return undefined;
    try {
      const bytes = target.read(address, 4);
      return new DataView(bytes.buffer).getUint32(0, !target.isa.bigEndian);
    } catch (error) {
      if (error instanceof MemoryFault) return undefined;
      throw error;
    }
  };
}
