#include "session.h"

PROCEDURE unsigned lines(unsigned n)
{
    static unsigned count = 1000;

    count -= n;
    return count;
}

PROCEDURE unsigned words(unsigned n)
{
    static unsigned count;

    count += n;
    return count * 10;
}
