#include "session.h"

PROCEDURE unsigned arrange(unsigned n)
{
    volatile unsigned short places[40];
    unsigned i, sum = 0;

    for (i = 0; i < 40; i++)
        places[i] = (unsigned short)(n * i);
    for (i = 0; i < 40; i += n + 1)
        sum += places[i];
    return sum;
}
