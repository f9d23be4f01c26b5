/* Threads take turns, each with variables of its own. */
#include "tricks.h"
#include "syscall.h"

static struct thread threads[2];
static struct own owns[2];

static void work(void *argument)
{
    int i;

    begin_own(argument);
    for (i = 0; i < 3; i++) {
        own()->busy = 1;
        system_call(SYS_SCHED_YIELD, 0, 0, 0);
        pause_a_while();
        own()->busy = 0;
        dig();
    }
}

void share(void)
{
    int i;

    for (i = 0; i < 2; i++)
        thread_start(&threads[i], work, &owns[i]);
    for (i = 0; i < 2; i++)
        thread_join(&threads[i]);
}
