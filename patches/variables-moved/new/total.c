#include "session.h"

unsigned before[20] = { 9, 8 };
unsigned high = 1000;
unsigned low = 1;

PROCEDURE unsigned up(unsigned n)
{
    low += n;
    return low + before[1] * 1000;
}

PROCEDURE unsigned down(unsigned n)
{
    high -= n;
    return high;
}
