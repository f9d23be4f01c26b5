#include "session.h"

static PROCEDURE unsigned each(unsigned n, unsigned (*with)(unsigned a, unsigned b))
{
    unsigned i, sum = 0;

    for (i = 0; i < n; i++)
        sum = with(sum, i);
    return sum;
}

static PROCEDURE unsigned join(unsigned a, unsigned b)
{
    return a * 3 + b;
}

PROCEDURE unsigned visit(unsigned n)
{
    return each(n, join);
}
