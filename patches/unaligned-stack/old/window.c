#include "session.h"

PROCEDURE unsigned window(unsigned n)
{
    unsigned past[4];
    unsigned i, sum = 0;

    for (i = 0; i < 4; i++)
        past[i] = (n + i) * 3;
    for (i = 0; i < 4; i++)
        sum = sum * 7 + past[(i + n) % 4];
    return sum;
}
