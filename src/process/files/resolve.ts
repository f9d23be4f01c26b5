/**
 * Finds what a path names.
 *
 * Source: path_resolution(7).
 */
import { NAME_MAX, X_OK } from '../abi/files.js';
import type { DirectoryNode, Node } from './node.js';
import { isError, type Result } from './result.js';

/** Where the last name of a path leads. */
export interface Place {
  /** Id of the directory the name is looked up in. */
  parent: string;
  /** May be `.` or `..`; empty for the root. */
  name: string;
  node: Node | undefined;
  /** Whether the path ended in a slash. */
  slash: boolean;
}

/**
 * What becomes of a symbolic link at the end of a path: followed; kept, unless a slash comes after it; or only
 * named, so that whoever asks decides what a slash means.
 */
export type LinkAtEnd = 'follow' | 'keep' | 'name';

export interface Files {
  node(id: string): Result<Node>;
  entries(directory: DirectoryNode): Result<ReadonlyMap<string, string>>;
  permits(node: Node, wanted: number): boolean;
}

/** Symbolic links on the way of one path. */
const MOST_LINKS = 40;

export const isDirectory = (node: Node): node is DirectoryNode => node.kind === 'directory';

const bytesIn = (name: string): number => new TextEncoder().encode(name).length;

/** A last name that is not there is no error: `node` is undefined then. */
export function resolve(
  files: Files,
  root: string,
  start: string,
  path: string,
  last: LinkAtEnd,
): Result<Place> {
  if (path === '') return 'ENOENT';
  let at = path.startsWith('/') ? root : start;
  let slash = path.endsWith('/');
  // The next name is the last element.
  let names = reversedNames(path);
  let links = 0;
  while (names.length > 0) {
    const name = names.pop()!;
    const isLast = names.length === 0;
    const directory = files.node(at);
    if (isError(directory)) return directory;
    if (!isDirectory(directory)) return 'ENOTDIR';
    if (!files.permits(directory, X_OK)) return 'EACCES';
    if (name === '.' || name === '..') {
      const found = name === '.' ? directory : files.node(directory.parent ?? '');
      if (isError(found)) return found;
      if (isLast) return { parent: found.id, name, node: found, slash };
      at = found.id;
      continue;
    }
    if (bytesIn(name) > NAME_MAX) return 'ENAMETOOLONG';
    const entries = files.entries(directory);
    if (isError(entries)) return entries;
    const id = entries.get(name);
    if (id === undefined) {
      return isLast ? { parent: at, name, node: undefined, slash } : 'ENOENT';
    }
    const node = files.node(id);
    if (isError(node)) return node;
    const isKept = last === 'name' || (last === 'keep' && !slash);
    if (node.kind === 'link' && (!isLast || !isKept)) {
      if (++links > MOST_LINKS) return 'ELOOP';
      if (node.target === '') return 'ENOENT';
      if (isLast) slash ||= node.target.endsWith('/');
      if (node.target.startsWith('/')) at = root;
      names = [...names, ...reversedNames(node.target)];
      continue;
    }
    const mustBeDirectory = !isLast || (slash && last !== 'name');
    if (mustBeDirectory && !isDirectory(node)) return 'ENOTDIR';
    if (isLast) return { parent: at, name, node, slash };
    at = id;
  }
  const node = files.node(at);
  return isError(node) ? node : { parent: at, name: '', node, slash };
}

const reversedNames = (path: string): string[] =>
  path
    .split('/')
    .filter((name) => name !== '')
    .reverse();
