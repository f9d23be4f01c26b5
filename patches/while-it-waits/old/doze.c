#include "syscall.h"
#include "unruly.h"

enum { MONOTONIC = 1 };

static void wake(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
}

/* Where it reads how long to sleep, the kernel writes how long it has not slept. */
PROCEDURE unsigned doze(unsigned number)
{
    struct moment before = nap;

    open_page(&nap);
    handle(SIGALRM, wake, 0, 0);
    repeat_alarm(10000);
    system_call6(SYS_CLOCK_NANOSLEEP, MONOTONIC, 0, (long)&nap, (long)&nap, 0, 0);
    repeat_alarm(0);
    *(volatile struct moment *)&nap = before;
    return number;
}
