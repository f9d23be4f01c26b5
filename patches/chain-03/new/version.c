#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    unsigned i, sum = 3;

    for (i = 0; i < number; i++)
        sum += i;
    return sum;
}
