#include "session.h"

static unsigned total;

static PROCEDURE unsigned step(unsigned n)
{
    total += n * 3;
    return total;
}

PROCEDURE unsigned pears(unsigned n)
{
    return step(n + 3) + 1;
}
