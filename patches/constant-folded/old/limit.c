#include "session.h"
#include "limit.h"

PROCEDURE unsigned within(unsigned n)
{
    return n < LIMIT ? n : LIMIT;
}

PROCEDURE unsigned beyond(unsigned n)
{
    return n > LIMIT ? n - LIMIT : 0;
}
