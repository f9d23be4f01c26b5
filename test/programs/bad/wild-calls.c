/* Makes system calls with wild numbers and arguments; argv[1] is a seed. Each
   may fail, end the process, or leave it waiting; none may do more. An even
   seed leaves out those that end it soonest. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "../chance.h"

enum { CALLS = 3000 };

static long memory[4096];

static long wild(void)
{
    switch (chance() % 10) {
    case 0:
        return 0;
    case 1:
        return (long)(chance() % 8);
    case 2:
        return -(long)(chance() % 200);
    case 3:
        return (long)chance();
    case 4:
        return (long)(chance() % 4096);
    case 5:
        return 1L << chance() % (8 * sizeof(long));
    case 6:
        return (long)(chance() & ~0xfffu);
    default:
        return (long)((char *)memory + chance() % sizeof memory);
    }
}

static int is_an_end(long number)
{
    return number == SYS_exit || number == SYS_exit_group || number == SYS_rt_sigreturn ||
           number == SYS_write || number == SYS_writev || number == SYS_execve
#ifdef SYS_sigreturn
           || number == SYS_sigreturn
#endif
        ;
}

/* Those after which a program with wild arguments soon breaks by itself. */
static int is_rough(long number)
{
    return number == SYS_clone || number == SYS_munmap || number == SYS_mprotect ||
           number == SYS_mremap || number == SYS_brk || number == SYS_rt_sigaction
#ifdef SYS_mmap
           || number == SYS_mmap
#endif
#ifdef SYS_mmap2
           || number == SYS_mmap2
#endif
        ;
}

static void tick(int number) { (void)number; }

/* Lest a call waits for ever: something interrupts it soon. */
static void keep_ticking(void)
{
    struct itimerval timer = { { 0, 1000 }, { 0, 1000 } };
    struct sigaction action = { .sa_handler = tick };
    sigset_t none;

    sigemptyset(&none);
    for (int number = 1; number <= 64; number++)
        if (number != SIGSEGV && number != SIGBUS && number != SIGILL)
            sigaction(number, &action, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(int argc, char **argv)
{
    unsigned done = 0;
    int gently = argc > 1 && atoi(argv[1]) % 2 == 0;

    chance_state += argc > 1 ? (uint32_t)atoi(argv[1]) * 2654435761u : 0;
    for (unsigned i = 0; i < sizeof memory / sizeof memory[0]; i++)
        memory[i] = wild();
    printf("begins\n");
    fflush(stdout);
    for (int i = 0; i < CALLS; i++) {
        long number = (long)(chance() % 460);

        if (is_an_end(number) || (gently && is_rough(number)))
            continue;
        if (i % 8 == 0)
            keep_ticking();
        syscall(number, wild(), wild(), wild(), wild(), wild(), wild());
        done++;
    }
    /* Its streams may be gone. */
    _exit(done > CALLS / 2 ? 0 : 1);
}
