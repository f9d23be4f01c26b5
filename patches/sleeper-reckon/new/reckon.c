#include "sleeper.h"

PROCEDURE unsigned reckon(unsigned number)
{
    unsigned bits = 0;

    for (; number != 0; number /= 2)
        bits += number % 2;
    return bits;
}
