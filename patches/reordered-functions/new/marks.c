#include "session.h"

static unsigned seen;

PROCEDURE unsigned second(unsigned n);
static unsigned mark(unsigned n);

PROCEDURE unsigned second(unsigned n)
{
    return mark(n * 2) + 2;
}

PROCEDURE unsigned first(unsigned n)
{
    return mark(n) + 1001;
}

static PROCEDURE unsigned mark(unsigned n)
{
    seen = seen * 3 + n;
    return seen & 0xff;
}
