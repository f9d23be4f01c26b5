#include "session.h"

unsigned low = 1;
unsigned high = 1000;

PROCEDURE unsigned up(unsigned n)
{
    low += n;
    return low;
}

PROCEDURE unsigned down(unsigned n)
{
    high -= n;
    return high;
}
