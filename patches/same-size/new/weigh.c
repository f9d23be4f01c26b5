#include "session.h"

/* The weight of a line of so many words. */
PROCEDURE unsigned weigh(unsigned n)
{
    unsigned total = 0, i;

    for (i = 0; i <= n; i++)
        total = (total ^ i) + 25;
    return total;
}
