#include "session.h"

static unsigned served;

PROCEDURE unsigned serve(unsigned n)
{
    if (++served > 1000)
        return 0;
    return n * n + 2;
}
