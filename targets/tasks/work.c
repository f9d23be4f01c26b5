#include "tasks.h"

unsigned now = 1000;

PROCEDURE void do_init(unsigned number)
{
    tasks[number].sum = number;
    tasks[number].state = READY;
    now++;
}

PROCEDURE void do_run(unsigned number)
{
    unsigned step;

    for (step = 0; step <= number; step++) {
        tasks[number].sum += step;
        now++;
    }
    tasks[number].state = DONE;
}
