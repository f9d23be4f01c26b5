#include "times.h"

PROCEDURE void report(unsigned batch)
{
    unsigned i, sum = 0;

    for (i = 0; i < planned; i++)
        sum += tasks[i].sum;
    print("%u: %u tasks, sum %u, count %u", batch, planned, sum, count);
    if (ended != 0)
        print(", took %u", ended - started);
    print("\n");
    started = ended = 0;
}
