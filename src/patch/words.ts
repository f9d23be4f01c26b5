/** Reads a target's memory by words. */
import { countUpTo } from '../elf/index.js';
import { MemoryFault } from '../isa/core.js';
import type { Target } from '../target/index.js';

const WORD = 4;

/** Undefined where nothing is mapped. */
export function readWords(target: Target): (address: number) => number | undefined {
  const regions = target.regions();
  const { bigEndian } = target.isa;
  return (address) => {
    // Most words that are tried lead nowhere, and a fault costs more than a look at the map.
    const region = regions[countUpTo(regions, address, ({ start }) => start) - 1];
    if (region === undefined || address >= region.end) return undefined;
    try {
      const bytes = target.read(address, WORD);
      let word = 0;
      for (let i = 0; i < WORD; i++) word = (word << 8) | bytes[bigEndian ? i : WORD - 1 - i]!;
      return word >>> 0;
    } catch (error) {
      if (error instanceof MemoryFault) return undefined;
      throw error;
    }
  };
}
