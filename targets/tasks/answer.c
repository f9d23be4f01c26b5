/* Batches of tasks, each task in two halves. Calls in last place stay calls,
   so that who called is active until the callee has returned. */
#include "tasks.h"

struct task tasks[TASKS];
unsigned planned;

void answer(unsigned number, unsigned turn)
{
    unsigned i;

    planned = number % TASKS + 1;
    for (i = 0; i < planned; i++)
        tasks[i].state = IDLE;
    for (i = 0; i < planned; i++)
        task(i);
    report(turn);
}
