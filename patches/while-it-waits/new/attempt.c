#include "unruly.h"

const unsigned rates[4] = {11, 13, 17, 19};
const struct moment nap = {6, 8};

/* Never returns: it is left by a jump. */
static PROCEDURE __attribute__((noreturn)) void give_up(unsigned number)
{
    volatile unsigned steps;

    for (steps = 0; steps < 4; steps++)
        number += 2;
    stop(number);
}

PROCEDURE unsigned attempt(unsigned number)
{
    /* What it calls is far from what is called later. */
    volatile char room[600];

    room[0] = 2;
    if (number == 1)
        number += claim();
    else if (number == 5)
        give_up(number);
    else if (number == 7)
        number = doze(number);
    else
        number = lend(number);
    /* Far more than before. */
    if (number > 12)
        number = number * 3 + number / 7 + (number ^ 0x1234567);
    return number + (unsigned)room[0];
}
