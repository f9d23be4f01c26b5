/* On a stack without a guard, what procedures left below the frames looks like more of them. */
#include "tricks.h"

enum { STACK = 1024 };

static char stack[STACK] __attribute__((aligned(16)));
static struct context itself, resumer;

static void work(void *argument)
{
    (void)argument;
    for (;;) {
        carry(dig);
        pause_a_while();
        dig();
        pause_a_while();
        coroutine_switch(&itself, &resumer);
    }
}

void resume(void)
{
    coroutine_prepare(&itself, stack + STACK, work, NULL);
    coroutine_switch(&resumer, &itself);
    pause_a_while();
    memset(stack, 0, STACK);
}
