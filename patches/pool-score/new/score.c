#include "pool.h"

PROCEDURE unsigned score(unsigned number)
{
    unsigned result = 1;

    meet();
    for (; number > 1; number--)
        result = result * 3 + number;
    return result;
}
