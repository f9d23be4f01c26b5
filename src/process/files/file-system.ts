/**
 * The file system of one process: what was there, and over it what the process changed.
 *
 * Forks share everything until one of them changes it. Changes go to the host as they happen when there is
 * somebody to take them, which is so for the first process and not for its forks.
 *
 * A method that can fail returns the name of the error. Callers give the time, so that it is the guest's.
 *
 * Source: path_resolution(7), open(2), unlink(2), rename(2), mkdir(2), inode(7).
 */
import type { ErrorName } from '../abi/errno.js';
import { W_OK, X_OK } from '../abi/files.js';
import { BaseFiles, namesOf, type BaseOptions } from './base.js';
import { Content } from './content.js';
import type { HostChanges } from './host.js';
import type { DirectoryNode, FileNode, Node, Time } from './node.js';
import { Overlay } from './overlay.js';
import { isDirectory, resolve, type LinkAtEnd, type Place } from './resolve.js';
import { isError, type Result } from './result.js';

export interface FileSystemOptions extends Partial<Omit<BaseOptions, 'epoch'>> {
  /** When the process starts. */
  epoch: Time;
  changes?: HostChanges | undefined;
  /** Who all files belong to; 1000 unless given. */
  user?: number;
}

const DEFAULT_FILE_LIMIT = 256 << 20;
const DEFAULT_TOTAL_LIMIT = 512 << 20;
const DEFAULT_MASK = 0o022;
const DEFAULT_USER = 1000;
const PERMISSIONS = 0o7777;

/** Not a name in a directory. */
const isSpecial = ({ name }: Place): boolean => name === '' || name === '.' || name === '..';

export class FileSystem {
  /** The working directory. */
  current: string;
  /** Permission bits that new files do not get. */
  mask = DEFAULT_MASK;

  private constructor(
    private readonly base: BaseFiles,
    private readonly overlay: Overlay,
    private readonly limits: { file: number; total: number },
    private readonly changes: HostChanges | undefined,
    /** User and group of every file. */
    readonly user: number,
  ) {
    this.current = base.root;
  }

  /**
   * @throws Error when the granted directory cannot be read, or the working directory does not exist.
   *
   * @example
   * // The guest sees /home/me/data and works in /home/me.
   * FileSystem.create({ host, changes: host, mount: '/home/me/data', workingDirectory: '/home/me', epoch });
   */
  static create(options: FileSystemOptions): FileSystem {
    const { host, mount = '/', executable, epoch } = options;
    const limits = {
      file: options.fileLimit ?? DEFAULT_FILE_LIMIT,
      total: options.totalLimit ?? DEFAULT_TOTAL_LIMIT,
    };
    const workingDirectory = options.workingDirectory ?? (host === undefined ? '/' : mount);
    const given = { host, mount, workingDirectory, executable, epoch };
    const base = new BaseFiles({ ...given, fileLimit: limits.file, totalLimit: limits.total });
    const files = new FileSystem(
      base,
      new Overlay(base),
      limits,
      options.changes,
      options.user ?? DEFAULT_USER,
    );
    const place = files.resolve(base.root, `/${namesOf(workingDirectory).join('/')}`, 'follow');
    if (isError(place) || place.node?.kind !== 'directory') {
      throw new Error(`the working directory ${workingDirectory} does not exist`);
    }
    files.enter(place.node.id);
    return files;
  }

  /** The same files once more; its changes stay its own. */
  fork(): FileSystem {
    const fork = new FileSystem(this.base, this.overlay.fork(), this.limits, undefined, this.user);
    fork.current = this.current;
    fork.mask = this.mask;
    return fork;
  }

  // Looking.

  /** An id that was once given out stays good until its last holder is gone. */
  node(id: string): Result<Node> {
    return this.overlay.node(id);
  }

  /** Ids by name, without `.` and `..`. */
  entries(directory: DirectoryNode): Result<ReadonlyMap<string, string>> {
    return this.overlay.entries(directory);
  }

  size(node: FileNode): number {
    return node.content?.size ?? node.hostSize;
  }

  /** Whether the guest may do all of `wanted`, a sum of R_OK, W_OK, X_OK. */
  permits(node: Node, wanted: number): boolean {
    return ((node.access ?? (node.mode >> 6) & 7) & wanted) === wanted;
  }

  /** @param start id of the directory relative paths begin at. */
  resolve(start: string, path: string, last: LinkAtEnd): Result<Place> {
    return resolve(this, this.base.root, start, path, last);
  }

  /** The absolute path of a directory; undefined when it was removed. */
  pathOf(id: string): string | undefined {
    const names: string[] = [];
    for (let at = id; at !== this.base.root;) {
      const node = this.node(at);
      if (isError(node) || node.parent === undefined) return undefined;
      names.unshift(node.name);
      at = node.parent;
    }
    return `/${names.join('/')}`;
  }

  /** Reads what the host has of a file, so that later reading cannot fail. */
  prepare(node: FileNode): ErrorName | undefined {
    const content = this.overlay.content(node);
    return isError(content) ? content : undefined;
  }

  read(id: string, offset: number, count: number): Result<Uint8Array> {
    const node = this.node(id);
    if (isError(node)) return node;
    if (node.kind !== 'file') return 'EINVAL';
    const content = this.overlay.content(node);
    return isError(content) ? content : content.read(offset, count);
  }

  /** In bytes. */
  get space(): { total: number; free: number } {
    return { total: this.limits.total, free: this.limits.total - this.overlay.used };
  }

  // Holding.

  hold(id: string): void {
    this.overlay.hold(id);
  }

  release(id: string): void {
    this.overlay.release(id);
  }

  /** Makes a directory the working directory. */
  enter(id: string): void {
    this.hold(id);
    this.release(this.current);
    this.current = id;
  }

  // Changing.

  create(place: Place, mode: number, now: Time): Result<FileNode> {
    const permissions = mode & PERMISSIONS & ~this.mask;
    const problem = this.checkNew(place) ?? this.tell(place, (to, path) => to.create(path, permissions));
    if (problem !== undefined) return problem;
    const { parent, name } = place;
    return this.overlay.addFile({ parent, name, mode: permissions, now }, Content.of(new Uint8Array()));
  }

  makeDirectory(place: Place, mode: number, now: Time): ErrorName | undefined {
    const permissions = mode & PERMISSIONS & ~this.mask;
    const problem =
      this.checkNew(place) ?? this.tell(place, (to, path) => to.makeDirectory(path, permissions));
    if (problem !== undefined) return problem;
    const { parent, name } = place;
    const added = this.overlay.addDirectory({ parent, name, mode: permissions, now });
    return isError(added) ? added : undefined;
  }

  /** Removes a file or a link. */
  unlink(place: Place, now: Time): ErrorName | undefined {
    const { node } = place;
    if (node === undefined) return 'ENOENT';
    if (isDirectory(node)) return 'EISDIR';
    if (place.slash) return 'ENOTDIR';
    const problem =
      this.checkOld(place, node) ?? this.preserve(node.id) ?? this.tell(place, (to, path) => to.unlink(path));
    return problem ?? this.overlay.remove(place.parent, place.name, node, now);
  }

  removeDirectory(place: Place, now: Time): ErrorName | undefined {
    const { node } = place;
    if (node === undefined) return 'ENOENT';
    if (place.name === '.') return 'EINVAL';
    if (place.name === '..') return 'ENOTEMPTY';
    if (!isDirectory(node)) return 'ENOTDIR';
    const entries = this.entries(node);
    if (isError(entries)) return entries;
    if (this.base.isFixed(node.id) || place.name === '' || this.base.hostPath(node.id) === '') return 'EBUSY';
    if (entries.size > 0) return 'ENOTEMPTY';
    const problem = this.checkOld(place, node) ?? this.tell(place, (to, path) => to.removeDirectory(path));
    return problem ?? this.overlay.remove(place.parent, place.name, node, now);
  }

  rename(from: Place, to: Place, noReplace: boolean, now: Time): ErrorName | undefined {
    const { node } = from;
    const old = to.node;
    if (isSpecial(from)) return 'EBUSY';
    if (isSpecial(to)) return noReplace ? 'EEXIST' : 'EBUSY';
    if (node === undefined) return 'ENOENT';
    if (noReplace && old !== undefined) return 'EEXIST';
    if (!isDirectory(node) && (to.slash || from.slash)) return 'ENOTDIR';
    if (isDirectory(node) && this.isWithin(to.parent, node.id)) return 'EINVAL';
    if (old !== undefined && old.id !== node.id && this.isWithin(from.parent, old.id)) return 'ENOTEMPTY';
    if (old?.id === node.id) return undefined;
    const problem =
      this.checkOld(from, node) ??
      this.checkParent(to.parent) ??
      (old === undefined ? undefined : this.checkReplaced(node, old, to)) ??
      this.preserve(node.id) ??
      (old === undefined ? undefined : this.preserve(old.id)) ??
      this.tell(from, (host, path) => {
        const target = this.hostPath(to.parent, to.name);
        return target === undefined ? 'EXDEV' : host.rename(path, target);
      });
    if (problem !== undefined) return problem;
    if (old !== undefined) this.overlay.remove(to.parent, to.name, old, now);
    this.overlay.edit(from.parent, now, (entries) => entries.delete(from.name));
    const moved = this.overlay.own(node);
    moved.parent = to.parent;
    moved.name = to.name;
    moved.changed = now;
    return this.overlay.edit(to.parent, now, (entries) => entries.set(to.name, moved.id));
  }

  /** Bytes written: fewer than given at the largest size a file may have. */
  write(id: string, offset: number, bytes: Uint8Array, now: Time): Result<number> {
    if (bytes.length === 0) return 0;
    const part = bytes.subarray(0, Math.max(0, this.limits.file - offset));
    if (part.length === 0) return 'EFBIG';
    const problem = this.change(id, now, {
      growth: (content) => content.growth(offset, part.length),
      host: (to, path) => to.write(path, offset, part),
      content: (content, owner) => {
        content.write(offset, part, owner);
      },
    });
    return problem ?? part.length;
  }

  truncate(id: string, size: number, now: Time): ErrorName | undefined {
    if (size > this.limits.file) return 'EFBIG';
    return this.change(id, now, {
      growth: () => 0,
      host: (to, path) => to.truncate(path, size),
      content: (content, owner) => {
        content.truncate(size, owner);
      },
    });
  }

  setMode(node: Node, mode: number, now: Time): ErrorName | undefined {
    if (this.base.isFixed(node.id)) return 'EPERM';
    const path = node.parent === undefined ? undefined : this.hostPath(node.parent, node.name);
    const problem = path === undefined ? undefined : this.changes?.setMode(path, mode & PERMISSIONS);
    if (problem !== undefined) return problem;
    const own = this.overlay.own(node);
    own.mode = mode & PERMISSIONS;
    own.access = undefined;
    own.changed = now;
    return undefined;
  }

  /** What is undefined stays. */
  setTimes(
    node: Node,
    accessed: Time | undefined,
    modified: Time | undefined,
    now: Time,
  ): ErrorName | undefined {
    if (this.base.isFixed(node.id)) return 'EPERM';
    const own = this.overlay.own(node);
    own.accessed = accessed ?? own.accessed;
    own.modified = modified ?? own.modified;
    own.changed = now;
    return undefined;
  }

  /** Everything that can make a difference later and is not the same for all forks. */
  *describe(): Generator<string | number | Uint8Array> {
    yield* [this.current, this.mask];
    yield* this.overlay.describe();
  }

  // How.

  /** The path on the host of a name in a directory; undefined outside of the granted directory. */
  private hostPath(parent: string, name: string): string | undefined {
    const names = [name];
    for (let at = parent; this.base.hostPath(at) !== '';) {
      const node = this.node(at);
      if (isError(node) || node.parent === undefined || this.base.isFixed(at)) return undefined;
      names.unshift(node.name);
      at = node.parent;
    }
    return names.join('/');
  }

  /** Tells the host; what lies outside of the granted directory is not its business. */
  private tell(
    place: Place,
    what: (to: HostChanges, path: string) => ErrorName | undefined,
  ): ErrorName | undefined {
    if (this.changes === undefined) return undefined;
    const path = this.hostPath(place.parent, place.name);
    return path === undefined ? 'EACCES' : what(this.changes, path);
  }

  /** Before the host changes, forks must have what it had. */
  private preserve(id: string): ErrorName | undefined {
    if (this.changes === undefined || this.base.preserve(id)) return undefined;
    // As if it lay on another device: programs copy and remove it then.
    return 'EXDEV';
  }

  private checkParent(parent: string): ErrorName | undefined {
    const node = this.node(parent);
    if (isError(node)) return node;
    if (node.parent === undefined) return 'ENOENT';
    return this.permits(node, W_OK | X_OK) ? undefined : 'EACCES';
  }

  private checkNew(place: Place): ErrorName | undefined {
    return place.node === undefined ? this.checkParent(place.parent) : 'EEXIST';
  }

  /** Whether a name may be removed. */
  private checkOld(place: Place, node: Node): ErrorName | undefined {
    return this.checkParent(place.parent) ?? (this.base.isFixed(node.id) ? 'EBUSY' : undefined);
  }

  private checkReplaced(node: Node, old: Node, to: Place): ErrorName | undefined {
    if (isDirectory(node) && !isDirectory(old)) return 'ENOTDIR';
    if (!isDirectory(node) && isDirectory(old)) return 'EISDIR';
    if (isDirectory(old)) {
      const entries = this.entries(old);
      if (isError(entries)) return entries;
      if (entries.size > 0) return 'ENOTEMPTY';
    }
    return this.checkOld(to, old);
  }

  private isWithin(id: string, ancestor: string): boolean {
    for (let at = id; ;) {
      if (at === ancestor) return true;
      const node = this.node(at);
      if (isError(node) || node.parent === undefined || node.parent === at) return false;
      at = node.parent;
    }
  }

  private change(
    id: string,
    now: Time,
    how: {
      growth: (content: Content) => number;
      host: (to: HostChanges, path: string) => ErrorName | undefined;
      content: (content: Content, owner: object) => void;
    },
  ): ErrorName | undefined {
    const node = this.node(id);
    if (isError(node)) return node;
    if (node.kind !== 'file') return 'EINVAL';
    const content = this.overlay.content(node);
    if (isError(content)) return content;
    const more = this.overlay.costOf(node, content) + how.growth(content);
    if (more > this.space.free) return 'ENOSPC';
    const path = node.parent === undefined ? undefined : this.hostPath(node.parent, node.name);
    const problem =
      this.changes === undefined || path === undefined ? undefined : how.host(this.changes, path);
    if (problem !== undefined) return problem;
    this.overlay.rewrite(node, content, now, how.content);
    return undefined;
  }
}
