#ifndef LINUX_H
#define LINUX_H

/* What threads, signals and time need of Linux, beside syscall.h. */

enum {
    SYS_EXIT = 1,
    SYS_GETPID = 20,
    SYS_SIGALTSTACK = 28,
    SYS_KILL = 37,
    SYS_SETITIMER = 83,
    SYS_RT_SIGACTION = 102,
    SYS_RT_SIGPROCMASK = 103,
    SYS_RT_SIGPENDING = 104,
    SYS_RT_SIGTIMEDWAIT = 105,
    SYS_RT_SIGSUSPEND = 107,
    SYS_FUTEX = 142,
    SYS_GETTID = 143,
    SYS_TGKILL = 211,
    SYS_CLONE = 217,
    SYS_SCHED_YIELD = 245,
    SYS_CLOCK_GETTIME = 257,
    SYS_CLOCK_NANOSLEEP = 259,
    SYS_PPOLL = 298,
    SYS_PIPE2 = 321,
    SYS_GETRANDOM = 347,
};

enum {
    EINTR = 4,
    EAGAIN = 11,
    ENOSYS = 90,
};

enum {
    SIGSEGV = 11,
    SIGALRM = 14,
    SIGTERM = 15,
    SIGUSR1 = 30,
    SIGUSR2 = 31,
};

#define SA_ONSTACK 1ul
#define SA_RESTART 2ul
#define SA_RESETHAND 4ul
#define SA_NODEFER 0x20ul
#define SA_SIGINFO 0x200ul

enum { SIG_BLOCK = 1, SIG_UNBLOCK = 2, SIG_SETMASK = 4 };

typedef long time_word;

/* clone.S: where handlers return to, behind a call. */
void handler_return(void);

#define WHERE_TO_RETURN void (*unused)(void);
#define SIGACTION(number, action, size)                                   \
    system_call6(SYS_RT_SIGACTION, number, (long)(action), 0,             \
                 (long)handler_return - 8, size, 0)

/* The same where the kernel brings the code to return to, which knows what kind
   of frame it gave the handler. */
#define SIGACTION_OF_KERNEL(number, action, size) \
    system_call6(SYS_RT_SIGACTION, number, (long)(action), 0, 0, size, 0)

/* clone.S: a new thread calls run with the argument and ends. Answers its
   number, or a negative error number. */
long start_thread(unsigned long flags, void *stack_top, int *parent_tid, int *child_tid,
                  void (*run)(void *), void *argument);

/* SPARC V8 has no more than this to build upon. */
static inline void add_atomically(int *word, int addend)
{
    static unsigned char held;
    unsigned char before;

    do
        __asm__ volatile("ldstub [%1], %0" : "=&r"(before) : "r"(&held) : "memory");
    while (before != 0);
    *(volatile int *)word += addend;
    __asm__ volatile("stbar\n\tstb %%g0, [%0]" : : "r"(&held) : "memory");
}

#endif
