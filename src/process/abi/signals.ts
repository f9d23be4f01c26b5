/**
 * Signals by name and number, and what each does by default.
 *
 * Source: signal(7); Linux, include/uapi/asm-generic/signal.h, arch/sparc/include/uapi/asm/signal.h.
 */

export const genericSignals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

/** Number 29 is SIGLOST and SIGPWR; it has the name it has elsewhere. */
export const sparcSignals = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGEMT: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGBUS: 10,
  SIGSEGV: 11,
  SIGSYS: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGURG: 16,
  SIGSTOP: 17,
  SIGTSTP: 18,
  SIGCONT: 19,
  SIGCHLD: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGIO: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGPWR: 29,
  SIGUSR1: 30,
  SIGUSR2: 31,
};

/** Names that every ABI has a number for. */
export type CommonSignal = keyof typeof genericSignals & keyof typeof sparcSignals;
export type SignalName = keyof typeof genericSignals | keyof typeof sparcSignals;

/** Number by name. */
export type Signals = Readonly<Record<CommonSignal, number> & Partial<Record<SignalName, number>>>;

/** The first real-time signal; the kernel knows it under this number, C libraries reserve some for themselves. */
export const SIGRTMIN = 32;
/** The last signal there is. */
export const SIGRTMAX = 64;

/** What a signal is called; real-time signals as `SIGRTMIN+2`. */
export function signalName(signals: Signals, number: number): string | undefined {
  if (number >= SIGRTMIN && number <= SIGRTMAX) {
    return number === SIGRTMIN ? 'SIGRTMIN' : `SIGRTMIN+${number - SIGRTMIN}`;
  }
  return Object.entries(signals).find(([, value]) => value === number)?.[0];
}

export type DefaultAction = 'terminate' | 'core' | 'ignore' | 'stop' | 'continue';

const ACTIONS: Partial<Record<SignalName, DefaultAction>> = {
  SIGQUIT: 'core',
  SIGILL: 'core',
  SIGTRAP: 'core',
  SIGABRT: 'core',
  SIGBUS: 'core',
  SIGFPE: 'core',
  SIGSEGV: 'core',
  SIGSYS: 'core',
  SIGXCPU: 'core',
  SIGXFSZ: 'core',
  SIGEMT: 'core',
  SIGCHLD: 'ignore',
  SIGURG: 'ignore',
  SIGWINCH: 'ignore',
  SIGSTOP: 'stop',
  SIGTSTP: 'stop',
  SIGTTIN: 'stop',
  SIGTTOU: 'stop',
  SIGCONT: 'continue',
};

/** What happens to a process that neither handles nor ignores a signal. */
export function defaultAction(signals: Signals, number: number): DefaultAction {
  return ACTIONS[signalName(signals, number) as SignalName] ?? 'terminate';
}
