/** Files, directories, links and devices as a guest's file system knows them. */
import type { Content } from './content.js';

/** Since 1970. */
export interface Time {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export type Device = 'null' | 'zero' | 'full' | 'random' | 'urandom';

interface Common {
  /** Names it within the file system, whatever happens to its path. */
  readonly id: string;
  /** What the guest knows as inode number, unsigned 31 bits. */
  readonly number: number;
  /** Permission bits. */
  mode: number;
  /** What the guest may do, sum of R_OK, W_OK, X_OK; without it the owner's bits of `mode` decide. */
  access: number | undefined;
  /** The directory it lies in; undefined once it is removed. The root lies in itself. */
  parent: string | undefined;
  name: string;
  accessed: Time;
  modified: Time;
  changed: Time;
  /** Which file system may change it in place. */
  owner: object;
}

export interface FileNode extends Common {
  readonly kind: 'file';
  /** undefined: what the host has. */
  content: Content | undefined;
  /** Bytes, where `content` is the host's. */
  readonly hostSize: number;
}

export interface DirectoryNode extends Common {
  readonly kind: 'directory';
  /** Ids by name; undefined: what the host has. */
  entries: Map<string, string> | undefined;
}

export interface LinkNode extends Common {
  readonly kind: 'link';
  readonly target: string;
}

export interface DeviceNode extends Common {
  readonly kind: 'device';
  readonly device: Device;
}

export type Node = FileNode | DirectoryNode | LinkNode | DeviceNode;

/** The order in which directories are listed: by code units, the same everywhere. */
export const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An inode number that depends on the name alone: FNV-1a, without its upper two bits. */
export function inodeNumber(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) & 0x3fffffff) + 2;
}

/** Files a guest makes are numbered from here on, clear of those of the host. */
export const FIRST_NEW_NUMBER = 0x40000002;
