/** System calls on files, by the names Linux has for them on RISC-V and SPARC. */
import { descriptorCalls } from './file-descriptors.js';
import { pathCalls } from './file-paths.js';
import { statusCalls } from './file-status.js';
import { transferCalls } from './file-transfer.js';
import type { FileHandlers } from './handler.js';

export const fileCalls: FileHandlers = { ...transferCalls, ...pathCalls, ...statusCalls, ...descriptorCalls };
