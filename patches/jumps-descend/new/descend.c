#include "jumps.h"

PROCEDURE unsigned descend(unsigned number, unsigned depth)
{
    if (number % 5 == 0)
        long_jump(&surface, (int)(depth * 100 + number));
    if (number == 1)
        return depth;
    return descend(number % 2 == 0 ? number / 2 : number * 3 + 1, depth + 1) + number;
}
