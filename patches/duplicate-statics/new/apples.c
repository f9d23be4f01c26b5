#include "session.h"

static unsigned total;

static PROCEDURE unsigned step(unsigned n)
{
    total += n * 2;
    return total / 12;
}

PROCEDURE unsigned apples(unsigned n)
{
    return step(n + 2) + 1;
}
