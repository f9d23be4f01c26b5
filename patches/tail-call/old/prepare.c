#include "session.h"

static PROCEDURE unsigned finish(unsigned n, unsigned total)
{
    while (n-- != 0)
        total += n * 3;
    return total;
}

static PROCEDURE unsigned finish_slowly(unsigned n, unsigned total)
{
    while (n-- != 0)
        total += n + n + n + 1;
    return total;
}

PROCEDURE unsigned prepare(unsigned n)
{
    if (n > 5)
        return finish_slowly(n, 100);
    return finish(n, 10);
}
