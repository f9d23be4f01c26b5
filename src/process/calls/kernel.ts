/** What the handlers of system calls see of the process, and what they may answer. */
import type { Memory } from '../../machine/memory.js';
import type { Abi, } from '../abi/index.js';
import type { ErrorName } from '../abi/errno.js';
import type { AddressSpace } from '../address-space.js';
import type { Thread } from '../thread.js';
import type { SignalAction, SignalInfo } from '../signals.js';
import type { SignalAbi } from '../signal-abi.js';
import type { IntervalTimer } from '../timers.js';
import type { UserMemory } from '../user-memory.js';
