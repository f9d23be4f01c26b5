#include "session.h"

PROCEDURE unsigned lower(unsigned n)
{
    return n < 2 ? 2 : n;
}

PROCEDURE unsigned upper(unsigned n)
{
    return n > 7 ? 7 : n;
}
