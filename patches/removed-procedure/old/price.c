#include "session.h"

static PROCEDURE unsigned rounded(unsigned cents)
{
    return (cents + 50) / 100 * 100;
}

PROCEDURE unsigned price(unsigned n)
{
    return rounded(n * 377) + 1;
}
