/**
 * What a process changed of its files, over what was there from the beginning.
 *
 * Forks share nodes, and the contents of files, until one of them changes something: it copies it first.
 */
import type { ErrorName } from '../abi/errno.js';
import type { BaseFiles } from './base.js';
import type { Content } from './content.js';
import {
  FIRST_NEW_NUMBER,
  inOrder,
  type DirectoryNode,
  type FileNode,
  type Node,
  type Time,
} from './node.js';
import { isError, type Result } from './result.js';

/** What all new nodes have. */
export interface NewNode {
  parent: string;
  name: string;
  mode: number;
  now: Time;
}

export class Overlay {
  /** Who may change nodes and contents in place. */
  private owner = {};
  private readonly changed = new Map<string, Node>();
  /** How many open files, and working directories, each node has. */
  private readonly holders = new Map<string, number>();
  private nextNumber = FIRST_NEW_NUMBER;
  /** Bytes of memory that changed files hold. */
  private held = 0;

  constructor(private readonly base: BaseFiles) {}

  fork(): Overlay {
    const fork = new Overlay(this.base);
    for (const [id, node] of this.changed) fork.changed.set(id, node);
    for (const [id, count] of this.holders) fork.holders.set(id, count);
    fork.nextNumber = this.nextNumber;
    fork.held = this.held;
    // Everything is shared from here on: whoever changes it copies it first.
    this.owner = {};
    return fork;
  }

  get used(): number {
    return this.held;
  }

  /** An id that was once given out stays good until its last holder is gone. */
  node(id: string): Result<Node> {
    return this.changed.get(id) ?? this.base.node(id);
  }

  /** Ids by name, without `.` and `..`. */
  entries(directory: DirectoryNode): Result<ReadonlyMap<string, string>> {
    return directory.entries ?? this.base.entries(directory.id);
  }

  content(node: FileNode): Result<Content> {
    return node.content ?? this.base.content(node.id);
  }

  hold(id: string): void {
    this.holders.set(id, (this.holders.get(id) ?? 0) + 1);
  }

  release(id: string): void {
    const left = (this.holders.get(id) ?? 0) - 1;
    if (left > 0) {
      this.holders.set(id, left);
      return;
    }
    this.holders.delete(id);
    const node = this.changed.get(id);
    if (node !== undefined && node.parent === undefined) this.forget(id);
  }

  addFile(given: NewNode, content: Content): Result<FileNode> {
    return this.add({ ...this.common(given), kind: 'file', content, hostSize: 0 }, given);
  }

  addDirectory(given: NewNode): Result<DirectoryNode> {
    return this.add({ ...this.common(given), kind: 'directory', entries: new Map() }, given);
  }

  /** Changes what a directory holds. */
  edit(id: string, now: Time, change: (entries: Map<string, string>) => void): ErrorName | undefined {
    const node = this.node(id);
    if (isError(node)) return node;
    if (node.kind !== 'directory') return 'ENOTDIR';
    const entries = this.entries(node);
    if (isError(entries)) return entries;
    const own = this.own(node);
    own.entries ??= new Map(entries);
    change(own.entries);
    own.modified = now;
    own.changed = now;
    return undefined;
  }

  /** Takes a node out of its directory; it is there until nobody holds it. */
  remove(parent: string, name: string, node: Node, now: Time): ErrorName | undefined {
    const problem = this.edit(parent, now, (entries) => entries.delete(name));
    if (problem !== undefined) return problem;
    if (this.holders.has(node.id)) {
      const own = this.own(node);
      own.parent = undefined;
      own.changed = now;
    } else this.forget(node.id);
    return undefined;
  }

  /** Bytes of memory that are needed before a file's content can be changed in place. */
  costOf(node: FileNode, content: Content): number {
    return node.content === undefined ? content.allocated : 0;
  }

  /** @param content what the file has now. */
  rewrite(
    node: FileNode,
    content: Content,
    now: Time,
    change: (content: Content, owner: object) => void,
  ): void {
    const before = content.allocated - this.costOf(node, content);
    const own = this.own(node);
    own.content ??= content.copy();
    change(own.content, this.owner);
    this.held += own.content.allocated - before;
    own.modified = now;
    own.changed = now;
  }

  /** The node, to be changed in place. */
  own<T extends Node>(node: T): T {
    if (node.owner === this.owner) return node;
    const copy = { ...node, owner: this.owner };
    if (copy.kind === 'file') copy.content = copy.content?.copy();
    else if (copy.kind === 'directory' && copy.entries !== undefined) copy.entries = new Map(copy.entries);
    this.changed.set(copy.id, copy);
    return copy;
  }

  /** Everything that can make a difference later and is not the same for all forks. */
  *describe(): Generator<string | number | Uint8Array> {
    yield this.nextNumber;
    for (const [, node] of [...this.changed].sort(([a], [b]) => inOrder(a, b))) {
      yield* [node.kind, node.id, node.number, node.mode, node.access ?? -1, node.parent ?? '', node.name];
      for (const time of [node.accessed, node.modified, node.changed]) {
        yield* [time.seconds, time.nanoseconds];
      }
      if (node.kind === 'file') {
        if (node.content === undefined) yield 'host';
        else yield* node.content.describe();
      }
      if (node.kind === 'directory') {
        if (node.entries === undefined) yield 'host';
        else for (const entry of [...node.entries].sort(([a], [b]) => inOrder(a, b))) yield* entry;
      }
      yield '/';
    }
  }

  private common({ parent, name, mode, now }: NewNode) {
    const number = this.nextNumber++;
    const times = { accessed: now, modified: now, changed: now };
    return { id: `n${number}`, number, mode, access: undefined, parent, name, ...times, owner: this.owner };
  }

  private add<T extends Node>(node: T, { parent, name, now }: NewNode): Result<T> {
    this.changed.set(node.id, node);
    return this.edit(parent, now, (entries) => entries.set(name, node.id)) ?? node;
  }

  private forget(id: string): void {
    const known = this.changed.get(id);
    if (known?.kind === 'file') this.held -= known.content?.allocated ?? 0;
    this.changed.delete(id);
  }
}
