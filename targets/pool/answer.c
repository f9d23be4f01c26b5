/* Eight threads with a queue of work, which all do a part of every answer. */
#include "pool.h"

void answer(unsigned number, unsigned turn)
{
    struct job jobs[WORKERS];
    unsigned sum = 0;
    int i;

    for (i = 0; i < WORKERS; i++)
        jobs[i].number = number + (unsigned)i;
    do_jobs(jobs);
    for (i = 0; i < WORKERS; i++)
        sum += jobs[i].result;
    print("%u: %u\n", turn, sum);
}
