#include "session.h"

static PROCEDURE unsigned clamp(unsigned n, unsigned most)
{
    return n > most ? most : n;
}

PROCEDURE unsigned count(unsigned n)
{
    unsigned total = 0;

    while (n != 0)
        total += n--;
    return clamp(total, 30);
}
