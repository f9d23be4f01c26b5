#include "unruly.h"

const unsigned rates[4] = {2, 3, 5, 7};
const struct moment nap = {5, 7};

/* Never returns: it is left by a jump. */
static PROCEDURE __attribute__((noreturn)) void give_up(unsigned number)
{
    volatile unsigned steps;

    for (steps = 0; steps < 4; steps++)
        number += 1;
    stop(number);
}

PROCEDURE unsigned attempt(unsigned number)
{
    /* What it calls is far from what is called later. */
    volatile char room[600];

    room[0] = 1;
    if (number == 1)
        number += claim();
    else if (number == 5)
        give_up(number);
    else if (number == 7)
        number = doze(number);
    else
        number = lend(number);
    return number + (unsigned)room[0];
}
