#include "session.h"

unsigned total = 7;

PROCEDURE unsigned add(unsigned n)
{
    total += n;
    return total;
}

PROCEDURE unsigned triple(unsigned n)
{
    return n * 3 + 2000;
}
