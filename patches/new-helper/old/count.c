#include "session.h"

PROCEDURE unsigned count(unsigned n)
{
    unsigned total = 0;

    while (n != 0)
        total += n--;
    return total;
}
