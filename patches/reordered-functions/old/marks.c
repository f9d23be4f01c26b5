#include "session.h"

static unsigned seen;

static PROCEDURE unsigned mark(unsigned n)
{
    seen = seen * 3 + n;
    return seen & 0xff;
}

PROCEDURE unsigned first(unsigned n)
{
    return mark(n) + 1;
}

PROCEDURE unsigned second(unsigned n)
{
    return mark(n * 2) + 2;
}
