#include "session.h"

PROCEDURE unsigned window(unsigned n)
{
    _Alignas(64) volatile unsigned past[16];
    unsigned i, sum = 0;

    for (i = 0; i < 16; i++)
        past[i] = (n + i) * 3;
    for (i = 0; i < 16; i++)
        sum = sum * 7 + past[(i + n) % 16];
    return sum;
}
