/** The files of a process: a granted directory with what the process changed over it, and descriptors. */
export { Descriptors, MOST_DESCRIPTORS, type StreamClosed } from './descriptors.js';
export { FileSystem, type FileSystemOptions } from './file-system.js';
export type { EntryKind, HostChanges, HostDirectory, HostEntry } from './host.js';
export type { Device, DirectoryNode, FileNode, Node, Time } from './node.js';
export {
  accessOf,
  isReadable,
  isWritable,
  type DirectoryEntry,
  type OpenFile,
  type StandardStream,
} from './open-file.js';
export type { Pipe } from './pipe.js';
export type { LinkAtEnd, Place } from './resolve.js';
export { isError, type Result } from './result.js';
