/* Figure 2a of "Cooperative Update" (HotSWUp 2009). */
#include "tasks.h"

unsigned count;

static PROCEDURE void init(unsigned number)
{
    count++;
    do_init(number);
}

static PROCEDURE void run(unsigned number)
{
    do_run(number);
}

PROCEDURE void task(unsigned number)
{
    init(number);
    run(number);
}
