/**
 * System calls about signals.
 *
 * Source: sigaction(2), sigprocmask(2), sigpending(2), sigsuspend(2), sigwaitinfo(2), sigaltstack(2), kill(2),
 * tgkill(2), rt_sigqueueinfo(2), pause(2).
 */
import { NEVER } from '../clock.js';
import { readAction, signalAbi, writeAction } from '../signal-abi.js';
import { bitOf, encodeSignalInfo, MOST_SIGNALS, SI_TKILL, SI_USER } from '../signals.js';
import type { Thread } from '../thread.js';
import type { Handlers, Kernel, Outcome } from './kernel.js';
import { readTimespec } from './time.js';

const SIGSET_SIZE = 8;
const SS_ONSTACK = 1;
const SS_DISABLE = 2;
/** Bits of ss_flags that change nothing here. */
const SS_IGNORED = 0x80000000;

const isSignal = (number: number): boolean => number >= 1 && number <= MOST_SIGNALS;

function sendTo(kernel: Kernel, thread: Thread | undefined, number: number, code: number): Outcome {
  if (thread === undefined) return { errno: 'ESRCH' };
  if (number === 0) return { value: 0 };
  if (!isSignal(number)) return { errno: 'EINVAL' };
  kernel.signals.send({ number, code, sender: kernel.id }, thread);
  return { value: 0 };
}

const threadOf = (kernel: Kernel, id: number): Thread | undefined => kernel.threads.find((t) => t.id === id);

/** si_value and si_code of the siginfo_t a guest composed. */
function sendComposed(kernel: Kernel, thread: Thread | undefined, number: number, info: number): Outcome {
  if (!isSignal(number)) return { errno: 'EINVAL' };
  const details = info + (kernel.user.wordSize === 4 ? 12 : 16);
  const code = kernel.user.signed32(info + 8);
  if (code >= 0 || code === SI_TKILL) return { errno: 'EPERM' };
  const value = kernel.user.word(details + 8);
  kernel.signals.send({ number, code, sender: kernel.user.signed32(details), value }, thread);
  return { value: 0 };
}

function timedWait(kernel: Kernel, args: readonly number[], wide: boolean): Outcome {
  const [set = 0, info = 0, timeout = 0, size = 0] = args;
  if (size !== SIGSET_SIZE) return { errno: 'EINVAL' };
  const accepted = kernel.user.signalSet(set) & ~kernel.signals.untouchable;
  const taken = kernel.signals.takeFor(kernel.thread, accepted);
  if (taken !== undefined) {
    if (info !== 0) kernel.user.write(info, encodeSignalInfo(kernel.abi, taken));
    return { value: taken.number };
  }
  const time = timeout === 0 ? undefined : readTimespec(kernel.user, timeout, wide);
  if (time === null) return { errno: 'EINVAL' };
  if (time === 0) return { errno: 'EAGAIN' };
  const deadline = time === undefined ? NEVER : kernel.now() + time;
  return { wait: { kind: 'signal', accepted, info, deadline } };
}

const forEver: Outcome = { wait: { kind: 'signal', accepted: 0n, info: 0, deadline: NEVER } };

export const signalCalls: Handlers = {
  rt_sigaction(kernel, args) {
    const abi = signalAbi(kernel.abi.name);
    const [number, wanted, old] = args;
    const size = abi.hasRestorer ? args[4] : args[3];
    if (size !== SIGSET_SIZE || !isSignal(number)) return { errno: 'EINVAL' };
    const before = kernel.signals.action(number);
    if (wanted !== 0) {
      if ((bitOf(number) & kernel.signals.untouchable) !== 0n) return { errno: 'EINVAL' };
      const action = readAction(kernel.user, wanted, abi);
      // SPARC passes what a handler returns to beside the structure.
      if (abi.hasRestorer) action.restorer = args[3];
      action.mask &= ~kernel.signals.untouchable;
      if (old !== 0) writeAction(kernel.user, old, before, abi);
      kernel.signals.setAction(number, action);
    } else if (old !== 0) writeAction(kernel.user, old, before, abi);
    return { value: 0 };
  },

  rt_sigprocmask(kernel, [how, wanted, old, size]) {
    if (size !== SIGSET_SIZE) return { errno: 'EINVAL' };
    const abi = signalAbi(kernel.abi.name);
    const before = kernel.thread.blocked;
    let after = before;
    if (wanted !== 0) {
      const set = kernel.user.signalSet(wanted);
      if (how === abi.SIG_BLOCK) after = before | set;
      else if (how === abi.SIG_UNBLOCK) after = before & ~set;
      else if (how === abi.SIG_SETMASK) after = set;
      else return { errno: 'EINVAL' };
    }
    if (old !== 0) kernel.user.putSignalSet(old, before);
    kernel.thread.blocked = after & ~kernel.signals.untouchable;
    return { value: 0 };
  },

  rt_sigpending(kernel, [at, size]) {
    if (size > SIGSET_SIZE) return { errno: 'EINVAL' };
    kernel.user.putSignalSet(at, kernel.signals.maskFor(kernel.thread) & kernel.thread.blocked);
    return { value: 0 };
  },

  rt_sigsuspend(kernel, [set, size]) {
    if (size !== SIGSET_SIZE) return { errno: 'EINVAL' };
    const { thread } = kernel;
    const wanted = kernel.user.signalSet(set) & ~kernel.signals.untouchable;
    thread.blockedAfterSuspend ??= thread.blocked;
    thread.blocked = wanted;
    return forEver;
  },
  pause: () => forEver,

  rt_sigtimedwait: (kernel, args) => timedWait(kernel, args, kernel.user.wordSize === 8),
  rt_sigtimedwait_time64: (kernel, args) => timedWait(kernel, args, true),

  rt_sigreturn(kernel) {
    kernel.returnFromSignal(true);
    return 'done';
  },
  sigreturn(kernel) {
    kernel.returnFromSignal(false);
    return 'done';
  },

  sigaltstack(kernel, [wanted, old]) {
    const { thread, user } = kernel;
    const { MINSIGSTKSZ } = signalAbi(kernel.abi.name);
    const word = user.wordSize;
    const inUse = thread.isOnAlternateStack(kernel.stackPointer());
    const { start, size } = thread.alternateStack ?? { start: 0, size: 0 };
    const before = {
      start,
      size,
      flags: thread.alternateStack === undefined ? SS_DISABLE : inUse ? SS_ONSTACK : 0,
    };
    if (wanted !== 0) {
      const flags = user.signed32(wanted + word) & ~SS_IGNORED;
      const length = user.word(wanted + 2 * word);
      if (inUse) return { errno: 'EPERM' };
      if ((flags & ~(SS_DISABLE | SS_ONSTACK)) !== 0) return { errno: 'EINVAL' };
      const disable = (flags & SS_DISABLE) !== 0;
      if (!disable && length < MINSIGSTKSZ) return { errno: 'ENOMEM' };
      thread.alternateStack = disable ? undefined : { start: user.word(wanted), size: length };
    }
    if (old !== 0) {
      user.putWord(old, before.start);
      user.put32(old + word, before.flags);
      user.putWord(old + 2 * word, before.size);
    }
    return { value: 0 };
  },

  kill(kernel, [id, number]) {
    // 0 means the group, in which nobody else is; -1 means everybody but the caller.
    const target = id | 0;
    if (![kernel.id, 0, -kernel.id].includes(target)) return { errno: 'ESRCH' };
    if ((number | 0) === 0) return { value: 0 };
    if (!isSignal(number)) return { errno: 'EINVAL' };
    kernel.signals.send({ number, code: SI_USER, sender: kernel.id });
    return { value: 0 };
  },
  tkill: (kernel, [id, number]) => sendTo(kernel, threadOf(kernel, id | 0), number, SI_TKILL),
  tgkill: (kernel, [group, id, number]) =>
    (group | 0) === kernel.id
      ? sendTo(kernel, threadOf(kernel, id | 0), number, SI_TKILL)
      : { errno: 'ESRCH' },

  rt_sigqueueinfo: (kernel, [id, number, info]) =>
    (id | 0) === kernel.id ? sendComposed(kernel, undefined, number, info) : { errno: 'ESRCH' },
  rt_tgsigqueueinfo(kernel, [group, id, number, info]) {
    const thread = threadOf(kernel, id | 0);
    if ((group | 0) !== kernel.id || thread === undefined) return { errno: 'ESRCH' };
    return sendComposed(kernel, thread, number, info);
  },
};
