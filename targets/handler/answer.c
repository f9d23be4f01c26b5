/* Signals: one sent by the program to itself, on another stack; one within its
   handler; and an alarm that interrupts anything. */
#include "handler.h"
#include "syscall.h"

enum { WORDS = 2048, PERIOD = 20 };

volatile unsigned total;
static volatile unsigned ticks;
static long other_stack[WORDS];

static void tick(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    ticks = ticks + 1;
}

/* Something to interrupt that saves nothing on the stack. */
static PROCEDURE unsigned spin(unsigned rounds)
{
    unsigned sum = 0;

    for (; rounds > 0; rounds--)
        sum += rounds & 1;
    return sum;
}

static void prepare(void)
{
    alternate_stack(other_stack, sizeof other_stack);
    handle(SIGUSR1, informed, SA_ONSTACK, 0);
    handle_plain(SIGUSR2, plain);
    handle(SIGALRM, tick, SA_RESTART, 0);
    repeat_alarm(PERIOD);
}

void answer(unsigned number, unsigned turn)
{
    if (turn == 0)
        prepare();
    total = number;
    send((int)system_call(SYS_GETTID, 0, 0, 0), SIGUSR1);
    print("%u: %u\n", turn, total + spin(300));
}
