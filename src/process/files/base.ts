/**
 * What a guest's file system is before the guest changes anything: the granted directory, and a few names
 * that are always there.
 *
 * The guest sees the granted directory under one absolute path. The directories above it, and above the
 * working directory, exist, but nothing else is in them; besides there are `/dev/null` and its like.
 *
 * Everything is read from the host when it is first looked at, and stays as it was then: all forks of a
 * process see the same, whenever they look, even while one of them writes to the host.
 *
 * Ids: `h/sub/file` is the host's, `f/dev/null` is fixed.
 */
import { R_OK, W_OK, X_OK } from '../abi/files.js';
import { Content } from './content.js';
import type { HostDirectory } from './host.js';
import { inodeNumber, inOrder, type Device, type DirectoryNode, type Node, type Time } from './node.js';
import { isError, type Result } from './result.js';

export interface BaseOptions {
  host: HostDirectory | undefined;
  /** Where the guest sees it: an absolute path. */
  mount: string;
  /** Absolute. */
  workingDirectory: string;
  /** Where `/proc/self/exe` leads. */
  executable: string | undefined;
  /** The times of all files. */
  epoch: Time;
  /** Largest file, in bytes. */
  fileLimit: number;
  /** Bytes of the host's files kept in all. */
  totalLimit: number;
}

const GRANTED = 'h';
const MOST_ENTRIES = 1 << 16;
const MOST_PRESERVED = 10_000;
const NOBODY = {};
const DEVICES: readonly Device[] = ['null', 'zero', 'full', 'random', 'urandom'];

export const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '');

export class BaseFiles {
  readonly root: string;
  private readonly nodes = new Map<string, Result<Node>>();
  private readonly listings = new Map<string, Result<ReadonlyMap<string, string>>>();
  private readonly contents = new Map<string, Result<Content>>();
  /** Fixed names in directories of the host, which they hide. */
  private readonly planted = new Map<string, Map<string, string>>();
  private loaded = 0;

  constructor(private readonly options: BaseOptions) {
    const { host, mount, workingDirectory, executable } = options;
    const mountNames = namesOf(mount);
    this.root = host !== undefined && mountNames.length === 0 ? GRANTED : 'f';
    if (this.root === GRANTED) this.loadRoot();
    else this.nodes.set('f', this.fixedDirectory('f', 'f', ''));
    if (host !== undefined && mountNames.length > 0) this.plantMount(mountNames);
    if (this.plantDirectory(namesOf(workingDirectory)) === undefined) {
      throw new Error(`the working directory ${workingDirectory} does not exist`);
    }
    for (const device of DEVICES) this.plant(['dev', device], { device });
    if (executable !== undefined) this.plant(['proc', 'self', 'exe'], { target: executable });
  }

  isFixed(id: string): boolean {
    return id.startsWith('f');
  }

  /** The path on the host of what was there from the beginning; undefined for what is not the host's. */
  hostPath(id: string): string | undefined {
    return id === GRANTED ? '' : id.startsWith(`${GRANTED}/`) ? id.slice(2) : undefined;
  }

  has(id: string): boolean {
    return this.isFixed(id) || this.hostPath(id) !== undefined;
  }

  node(id: string): Result<Node> {
    return remember(this.nodes, id, () => this.load(id));
  }

  /** Ids by name. */
  entries(id: string): Result<ReadonlyMap<string, string>> {
    return remember(this.listings, id, () => {
      const path = this.hostPath(id);
      const names = path === undefined ? [] : this.options.host!.list(path);
      if (isError(names)) return names;
      if (names.length > MOST_ENTRIES) return 'ENOMEM';
      const entries = new Map([...names].sort(inOrder).map((name) => [name, `${id}/${name}`]));
      for (const [name, planted] of this.planted.get(id) ?? []) entries.set(name, planted);
      return entries;
    });
  }

  content(id: string): Result<Content> {
    return remember(this.contents, id, () => {
      const node = this.node(id);
      if (isError(node)) return node;
      const path = this.hostPath(id);
      if (node.kind !== 'file' || path === undefined) return 'EINVAL';
      if (node.hostSize > this.options.fileLimit) return 'EFBIG';
      if (this.loaded + node.hostSize > this.options.totalLimit) return 'ENOMEM';
      const read = this.options.host!.read(path, node.hostSize);
      if (isError(read)) return read;
      this.loaded += node.hostSize;
      if (read.length === node.hostSize) return Content.of(read);
      // A file that shrank since it was looked at keeps the size it had.
      const bytes = new Uint8Array(node.hostSize);
      bytes.set(read);
      return Content.of(bytes);
    });
  }

  /** Reads everything at and below `id`, before it changes on the host; false when that is too much. */
  preserve(id: string): boolean {
    const waiting = [id];
    for (let count = 0; waiting.length > 0; count++) {
      if (count > MOST_PRESERVED) return false;
      const next = waiting.pop()!;
      if (this.hostPath(next) === undefined) continue;
      const node = this.node(next);
      if (isError(node)) continue;
      if (node.kind === 'file') this.content(next);
      if (node.kind !== 'directory') continue;
      const entries = this.entries(next);
      if (!isError(entries)) waiting.push(...entries.values());
    }
    return true;
  }

  private load(id: string): Result<Node> {
    const path = this.hostPath(id);
    // Fixed ones exist since the beginning.
    if (path === undefined) return 'ENOENT';
    const entry = this.options.host!.stat(path);
    if (isError(entry)) return entry;
    const slash = id.lastIndexOf('/');
    const common = this.common(id, id.slice(0, slash), id.slice(slash + 1), entry.mode, entry.access);
    if (entry.kind === 'file') {
      return { ...common, kind: 'file', content: undefined, hostSize: entry.size };
    }
    if (entry.kind === 'directory') return { ...common, kind: 'directory', entries: undefined };
    const link = this.options.host!.readLink(path);
    return isError(link) ? link : { ...common, kind: 'link', mode: 0o777, target: link.target };
  }

  private loadRoot(): void {
    const root = this.load(GRANTED);
    if (isError(root)) throw new Error(`the granted directory cannot be read: ${root}`);
    this.nodes.set(GRANTED, { ...root, parent: GRANTED, name: '' });
  }

  private common(id: string, parent: string, name: string, mode: number, access: number | undefined) {
    const { epoch } = this.options;
    const times = { accessed: epoch, modified: epoch, changed: epoch };
    return { id, number: inodeNumber(id), mode, access, parent, name, ...times, owner: NOBODY };
  }

  private fixedDirectory(id: string, parent: string, name: string): DirectoryNode {
    return { ...this.common(id, parent, name, 0o555, R_OK | X_OK), kind: 'directory', entries: new Map() };
  }

  /** Where the names lead as far as they exist, following no links; and the names that are left. */
  private descend(names: readonly string[]): { at: string; left: readonly string[] } {
    let at = this.root;
    for (const [i, name] of names.entries()) {
      const node = this.node(at);
      const entries =
        isError(node) || node.kind !== 'directory' ? undefined : (node.entries ?? this.entries(at));
      const next = isError(entries) ? undefined : entries?.get(name);
      if (next === undefined) return { at, left: names.slice(i) };
      at = next;
    }
    return { at, left: [] };
  }

  /** Makes the directories that are missing on the way; undefined when something else is in the way. */
  private plantDirectory(names: readonly string[]): string | undefined {
    const found = this.descend(names);
    let { at } = found;
    for (const [i, name] of found.left.entries()) {
      const id = `f/${names.slice(0, names.length - found.left.length + i + 1).join('/')}`;
      if (!this.putEntry(at, name, id)) return undefined;
      this.nodes.set(id, this.fixedDirectory(id, at, name));
      at = id;
    }
    const node = this.node(at);
    return isError(node) || node.kind !== 'directory' ? undefined : at;
  }

  private plantMount(names: readonly string[]): void {
    const parent = this.plantDirectory(names.slice(0, -1))!;
    const name = names.at(-1)!;
    this.putEntry(parent, name, GRANTED);
    this.loadRoot();
    this.nodes.set(GRANTED, { ...(this.nodes.get(GRANTED) as Node), parent, name });
  }

  private plant(names: readonly string[], what: { device: Device } | { target: string }): void {
    const parent = this.plantDirectory(names.slice(0, -1));
    if (parent === undefined) return;
    const name = names.at(-1)!;
    const id = `f/${names.join('/')}`;
    const common = this.common(id, parent, name, 0o666, R_OK | W_OK);
    this.nodes.set(
      id,
      'device' in what ? { ...common, kind: 'device', ...what } : { ...common, kind: 'link', ...what },
    );
    this.putEntry(parent, name, id);
  }

  private putEntry(directory: string, name: string, id: string): boolean {
    const node = this.node(directory);
    if (isError(node) || node.kind !== 'directory') return false;
    if (node.entries !== undefined) {
      node.entries.set(name, id);
      return true;
    }
    const planted = this.planted.get(directory) ?? new Map<string, string>();
    this.planted.set(directory, planted.set(name, id));
    this.listings.delete(directory);
    return true;
  }
}

function remember<T extends object>(
  known: Map<string, Result<T>>,
  id: string,
  find: () => Result<T>,
): Result<T> {
  let result = known.get(id);
  if (result === undefined) known.set(id, (result = find()));
  return result;
}
