/** The kernel's way to read and write structures in a program's memory, in the program's byte order and width. */
import { MemoryFault } from '../isa/core.js';
import { PAGE_SIZE, pageStart, type Memory } from '../machine/memory.js';

const ADDRESS_LIMIT = 2 ** 32;

export class UserMemory {
  /** Bytes of a long and of a pointer. */
  readonly wordSize: 4 | 8;

  constructor(
    readonly memory: Memory,
    bits: 32 | 64,
  ) {
    this.wordSize = bits === 32 ? 4 : 8;
  }

  /** @throws MemoryFault where nothing is mapped, or `address` is none. */
  read(address: number, length: number): Uint8Array {
    check(address, length, 'read');
    return this.memory.read(address, length);
  }

  /** @throws MemoryFault where the range is not writable throughout; nothing is written then. */
  write(address: number, bytes: Uint8Array): void {
    check(address, bytes.length, 'write');
    this.memory.write(address, bytes);
  }

  /** @throws MemoryFault where the range is not writable throughout; changes nothing. */
  checkWritable(address: number, length: number): void {
    check(address, length, 'write');
    for (let at = pageStart(address); at < address + length; at += PAGE_SIZE) {
      this.memory.checkWritable(Math.max(at, address));
    }
  }

  signed32(address: number): number {
    return this.view(address, 4).getInt32(0, this.little);
  }

  unsigned32(address: number): number {
    return this.view(address, 4).getUint32(0, this.little);
  }

  /** As a number, which is exact up to 2^53 in magnitude. */
  signed64(address: number): number {
    return Number(this.view(address, 8).getBigInt64(0, this.little));
  }

  /** An unsigned long or a pointer; a 64-bit one beyond 2^53 loses low bits. */
  word(address: number): number {
    if (this.wordSize === 4) return this.unsigned32(address);
    return Number(this.view(address, 8).getBigUint64(0, this.little));
  }

  put32(address: number, value: number): void {
    this.put(address, 4, (view) => {
      view.setInt32(0, value, this.little);
    });
  }

  /** Writes a word that the kernel does not mind to find gone, such as the number of a thread. */
  tryPut32(address: number, value: number): void {
    try {
      this.put32(address, value);
    } catch (error) {
      if (!(error instanceof MemoryFault)) throw error;
    }
  }

  put64(address: number, value: number): void {
    this.put(address, 8, (view) => {
      view.setBigInt64(0, BigInt(value), this.little);
    });
  }

  putWord(address: number, value: number): void {
    if (this.wordSize === 4) this.put32(address, value);
    else this.put64(address, value);
  }

  /** A signal set: bit n - 1 for signal n. Two 32-bit words, the low one first, where a word has 32 bits. */
  signalSet(address: number): bigint {
    if (this.wordSize === 8) return this.view(address, 8).getBigUint64(0, this.little);
    return BigInt(this.unsigned32(address)) | (BigInt(this.unsigned32(address + 4)) << 32n);
  }

  putSignalSet(address: number, set: bigint): void {
    if (this.wordSize === 8) {
      this.put(address, 8, (view) => {
        view.setBigUint64(0, set, this.little);
      });
      return;
    }
    this.put(address, 8, (view) => {
      view.setUint32(0, Number(set & 0xffffffffn), this.little);
      view.setUint32(4, Number(set >> 32n), this.little);
    });
  }

  private get little(): boolean {
    return !this.memory.bigEndian;
  }

  private view(address: number, length: number): DataView {
    return new DataView(this.read(address, length).buffer);
  }

  private put(address: number, length: number, fill: (view: DataView) => void): void {
    const bytes = new Uint8Array(length);
    fill(new DataView(bytes.buffer));
    this.write(address, bytes);
  }
}

function check(address: number, length: number, access: 'read' | 'write'): void {
  if (address >= 0 && address + length <= ADDRESS_LIMIT) return;
  throw new MemoryFault(access, address, 'unmapped');
}
