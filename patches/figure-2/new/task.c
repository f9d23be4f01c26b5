/* Figure 2b of "Cooperative Update" (HotSWUp 2009): counted a call later. */
#include "tasks.h"

unsigned count;

static PROCEDURE void init(unsigned number)
{
    do_init(number);
}

static PROCEDURE void run(unsigned number)
{
    count++;
    do_run(number);
}

PROCEDURE void task(unsigned number)
{
    init(number);
    run(number);
}
