/**
 * What a descriptor refers to: an open file description, which duplicates of the descriptor share.
 *
 * Source: open(2).
 */
import { R_OK, W_OK } from '../abi/files.js';
import type { Device } from './node.js';
import type { Pipe } from './pipe.js';

export interface DirectoryEntry {
  readonly name: string;
  readonly number: number;
  /** A DT_ constant. */
  readonly type: number;
}

interface Common {
  /** Flags as open(2) was given them, without those that only matter when opening. */
  status: number;
  /** Descriptors that refer to it. */
  references: number;
}

export type StandardStream = 0 | 1 | 2;

export type OpenFile = Common &
  (
    | { readonly kind: 'stream'; readonly stream: StandardStream }
    | { readonly kind: 'file'; readonly node: string; position: number }
    | {
        readonly kind: 'directory';
        readonly node: string;
        position: number;
        /** What it held when reading began. */
        listing: readonly DirectoryEntry[] | undefined;
      }
    | { readonly kind: 'device'; readonly node: string; readonly device: Device }
    | { readonly kind: 'pipe'; readonly pipe: Pipe; readonly end: 'read' | 'write' }
    /** Opened with O_PATH: only names something. */
    | { readonly kind: 'path'; readonly node: string }
  );

const O_ACCMODE = 3;

/** What the access mode of open(2) allows: sum of R_OK, W_OK. */
export function accessOf(status: number): number {
  return [R_OK, W_OK, R_OK | W_OK, 0][status & O_ACCMODE]!;
}

export const isReadable = (open: OpenFile): boolean =>
  open.kind !== 'path' && (accessOf(open.status) & R_OK) !== 0;
export const isWritable = (open: OpenFile): boolean =>
  open.kind !== 'path' && (accessOf(open.status) & W_OK) !== 0;
