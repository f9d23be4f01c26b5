#include "tasks.h"

PROCEDURE void report(unsigned batch)
{
    unsigned i, sum = 0;

    for (i = 0; i < planned; i++)
        sum += tasks[i].sum;
    print("%u: %u tasks, sum %u, count %u\n", batch, planned, sum, count);
}
