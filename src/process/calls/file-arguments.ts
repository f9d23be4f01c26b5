/** Reads what the arguments of file calls mean. */
import { MemoryFault } from '../../isa/core.js';
import { PAGE_SIZE, pageStart, type Memory } from '../../machine/memory.js';
import type { ErrorName } from '../abi/errno.js';
import { AT_FDCWD, PATH_MAX } from '../abi/files.js';
import { decode, encode, type Layout } from '../abi/layout.js';
import {
  isError,
  type LinkAtEnd,
  type Node,
  type OpenFile,
  type Place,
  type Result,
  type Time,
} from '../files/index.js';
import type { Arguments, FileCaller, FileOutcome } from './handler.js';

const ADDRESS_LIMIT = 2 ** 32;
const WORD = 2 ** 32;
const SECOND = 1_000_000_000;

/** A number, or 0 where there is nothing to say, or an error. */
export const outcome = (result: number | ErrorName | undefined): FileOutcome =>
  typeof result === 'string' ? { errno: result } : { value: result ?? 0 };

/** The guest's wall clock. */
export function timeOf(caller: FileCaller): Time {
  const now = caller.now();
  const seconds = Math.floor(caller.epoch / SECOND) + Math.floor(now / SECOND);
  return { seconds, nanoseconds: Math.floor(now % SECOND) };
}

/**
 * The 64-bit offset that begins at argument `i`: one register, or two of which the first is the low one on
 * RISC-V and the high one on SPARC. Signed; exact up to 2^53 in magnitude.
 */
export function offsetAt({ abi }: FileCaller, args: Arguments, i: number): number {
  const [first = 0, second = 0] = args.slice(i);
  if (abi.wordSize === 8) return first;
  return abi.bigEndian ? joined(first, second) : joined(second, first);
}

/** A 64-bit number of two registers. */
export const joined = (high: number, low: number): number => (high | 0) * WORD + (low >>> 0);

/** A count of bytes; undefined when it would be negative as a signed number. */
export function sizeOf({ abi }: FileCaller, argument: number): number | undefined {
  const signed = abi.wordSize === 8 ? argument : argument | 0;
  return signed < 0 ? undefined : signed;
}

/** Bytes from `address` on that have the permissions, `wanted` at most. */
export function accessible(memory: Memory, address: number, wanted: number, permissions: number): number {
  if (address < 0) return 0;
  const end = Math.min(address + wanted, ADDRESS_LIMIT);
  let at = address;
  while (at < end) {
    const region = memory.find(at);
    if (region === undefined || (region.protection & permissions) !== permissions) break;
    at = region.end;
  }
  return Math.max(0, Math.min(at, end) - address);
}

/** A path as the guest wrote it: UTF-8 with a zero byte at its end. @throws MemoryFault */
export function pathAt(caller: FileCaller, address: number): Result<{ path: string }> {
  if (address < 0 || address >= ADDRESS_LIMIT) throw new MemoryFault('read', address, 'unmapped');
  const parts: Uint8Array[] = [];
  for (let length = 0; length < PATH_MAX;) {
    const at = address + length;
    const part = caller.user.read(at, Math.min(PATH_MAX - length, pageStart(at) + PAGE_SIZE - at));
    const end = part.indexOf(0);
    parts.push(end < 0 ? part : part.subarray(0, end));
    if (end >= 0) return decodePath(parts);
    length += part.length;
  }
  return 'ENAMETOOLONG';
}

function decodePath(parts: readonly Uint8Array[]): Result<{ path: string }> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    const last = parts.length - 1;
    return { path: parts.map((part, i) => decoder.decode(part, { stream: i < last })).join('') };
  } catch (error) {
    if (error instanceof TypeError) return 'EILSEQ';
    throw error;
  }
}

/** Where a relative path begins. */
export function startAt(caller: FileCaller, directory: number): Result<{ id: string }> {
  const { files } = caller;
  if ((directory | 0) === AT_FDCWD) return { id: files.system.current };
  const open = files.get(directory | 0);
  if (open === undefined) return 'EBADF';
  if (open.kind === 'directory' || open.kind === 'path') return { id: open.node };
  return 'ENOTDIR';
}

/** @throws MemoryFault */
export function placeAt(
  caller: FileCaller,
  directory: number,
  address: number,
  last: LinkAtEnd,
): Result<Place> {
  const read = pathAt(caller, address);
  if (isError(read)) return read;
  const { path } = read;
  const start = path.startsWith('/') ? { id: '' } : startAt(caller, directory);
  return isError(start) ? start : caller.files.system.resolve(start.id, path, last);
}

/** What a path names, which must exist. @param follow whether a link at the end is followed. @throws MemoryFault */
export function nodeAt(
  caller: FileCaller,
  directory: number,
  address: number,
  follow: boolean,
): Result<Node> {
  const place = placeAt(caller, directory, address, follow ? 'follow' : 'keep');
  if (isError(place)) return place;
  return place.node ?? 'ENOENT';
}

/** What a path names, or with an empty path the descriptor itself. @throws MemoryFault */
export function targetAt(
  caller: FileCaller,
  directory: number,
  address: number,
  { follow, empty }: { follow: boolean; empty: boolean },
): Result<Node | OpenFile> {
  const read = empty ? pathAt(caller, address) : { path: '.' };
  if (isError(read)) return read;
  if (read.path !== '') return nodeAt(caller, directory, address, follow);
  if ((directory | 0) === AT_FDCWD) return caller.files.system.node(caller.files.system.current);
  return caller.files.get(directory | 0) ?? 'EBADF';
}

/** The node behind an open file, if there is one. */
export function nodeOf(caller: FileCaller, open: OpenFile): Node | undefined {
  if (!('node' in open)) return undefined;
  const node = caller.files.system.node(open.node);
  if (isError(node)) throw new Error(`an open file has no node: ${node}`);
  return node;
}

/** @throws MemoryFault */
export function readStruct<Name extends string>(
  caller: FileCaller,
  address: number,
  layout: Layout<Name>,
): Record<Name, number> {
  return decode(layout, caller.user.read(address, layout.size), caller.abi.bigEndian);
}

/** @throws MemoryFault */
export function writeStruct<Name extends string>(
  caller: FileCaller,
  address: number,
  layout: Layout<Name>,
  values: Readonly<Partial<Record<Name, number | bigint>>>,
): FileOutcome {
  caller.user.write(address, encode(layout, values, caller.abi.bigEndian));
  return { value: 0 };
}

const INT: Layout<'value'> = { size: 4, members: { value: [0, 4] } };
const LONG_LONG: Layout<'value'> = { size: 8, members: { value: [0, 8] } };

export const readInt = (caller: FileCaller, address: number): number =>
  readStruct(caller, address, INT).value;
export const writeInt = (caller: FileCaller, address: number, value: number): FileOutcome =>
  writeStruct(caller, address, INT, { value });
export const writeLongLong = (caller: FileCaller, address: number, value: number): FileOutcome =>
  writeStruct(caller, address, LONG_LONG, { value });
