#ifndef LINUX_H
#define LINUX_H

/* What threads, signals and time need of Linux, beside syscall.h. */

enum {
    SYS_PIPE2 = 59,
    SYS_EXIT = 93,
    SYS_SETITIMER = 103,
    SYS_SCHED_YIELD = 124,
    SYS_KILL = 129,
    SYS_TGKILL = 131,
    SYS_SIGALTSTACK = 132,
    SYS_RT_SIGSUSPEND = 133,
    SYS_RT_SIGACTION = 134,
    SYS_RT_SIGPROCMASK = 135,
    SYS_RT_SIGPENDING = 136,
    SYS_GETPID = 172,
    SYS_GETTID = 178,
    SYS_CLONE = 220,
    SYS_GETRANDOM = 278,
#if __riscv_xlen == 64
    SYS_FUTEX = 98,
    SYS_CLOCK_GETTIME = 113,
    SYS_CLOCK_NANOSLEEP = 115,
    SYS_RT_SIGTIMEDWAIT = 137,
    SYS_PPOLL = 73,
#else
    /* Of the calls that take times there are only those of 64 bits. */
    SYS_FUTEX = 422,
    SYS_CLOCK_GETTIME = 403,
    SYS_CLOCK_NANOSLEEP = 407,
    SYS_RT_SIGTIMEDWAIT = 421,
    SYS_PPOLL = 414,
#endif
};

enum {
    EINTR = 4,
    EAGAIN = 11,
    ENOSYS = 38,
};

enum {
    SIGUSR1 = 10,
    SIGSEGV = 11,
    SIGUSR2 = 12,
    SIGALRM = 14,
    SIGTERM = 15,
};

#define SA_SIGINFO 4ul
#define SA_ONSTACK 0x08000000ul
#define SA_RESTART 0x10000000ul
#define SA_NODEFER 0x40000000ul
#define SA_RESETHAND 0x80000000ul

enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };

typedef long long time_word;

/* The kernel knows where handlers return to. */
#define WHERE_TO_RETURN
#define SIGACTION(number, action, size) \
    system_call6(SYS_RT_SIGACTION, number, (long)(action), 0, size, 0, 0)

#define SIGACTION_OF_KERNEL SIGACTION

/* clone.S: a new thread calls run with the argument and ends. Answers its
   number, or a negative error number. */
long start_thread(unsigned long flags, void *stack_top, int *parent_tid, int *child_tid,
                  void (*run)(void *), void *argument);

/* Adds with lr and sc. */
static inline void add_atomically(int *word, int addend)
{
    int sum, failed;

    __asm__ volatile("1: lr.w %0, (%2)\n\t"
                     "add %0, %0, %3\n\t"
                     "sc.w %1, %0, (%2)\n\t"
                     "bnez %1, 1b"
                     : "=&r"(sum), "=&r"(failed)
                     : "r"(word), "r"(addend)
                     : "memory");
}

#endif
