#include "session.h"

static __attribute__((noinline)) unsigned scaled(unsigned n, unsigned by)
{
    unsigned i, total = 0;

    for (i = 0; i < by; i++)
        total = (total ^ n) + i * by;
    return total + by;
}

PROCEDURE unsigned small(unsigned n)
{
    return scaled(n, 3) + 1;
}

PROCEDURE unsigned large(unsigned n)
{
    return scaled(n + 1, 3) * 2;
}
