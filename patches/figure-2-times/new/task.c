/* The second update of section 2 of "Cooperative Update" (HotSWUp 2009): how
   long all the tasks take. */
#include "times.h"

unsigned count;
unsigned started, ended;

static PROCEDURE void init(unsigned number)
{
    if (number == 0)
        started = now;
    count++;
    do_init(number);
}

static PROCEDURE void run(unsigned number)
{
    do_run(number);
    if (number == planned - 1)
        ended = now;
}

PROCEDURE void task(unsigned number)
{
    init(number);
    run(number);
}
