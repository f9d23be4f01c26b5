#include "tasks.h"

/* 0 unless a task is between its halves: the old version has counted it, and
   the new one would do so again. */
PROCEDURE int tasks_whole(void)
{
    unsigned i;

    for (i = 0; i < planned; i++)
        if (tasks[i].state == READY)
            return 1;
    return 0;
}
