#include "session.h"
#include "round.h"

PROCEDURE unsigned pages(unsigned n)
{
    return rounded(n * 3) + 1;
}

PROCEDURE unsigned blocks(unsigned n)
{
    return rounded(n * 5 + 1) / 2;
}

PROCEDURE unsigned bytes(unsigned n)
{
    return n * 7;
}
