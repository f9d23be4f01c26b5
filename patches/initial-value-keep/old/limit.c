#include "session.h"

unsigned limit = 5;

PROCEDURE void set_limit(unsigned n)
{
    limit = n + 1;
}

PROCEDURE unsigned limited(unsigned n)
{
    return n > limit ? limit : n;
}
