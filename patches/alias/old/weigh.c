#include "session.h"

PROCEDURE unsigned weigh_all(unsigned n)
{
    return n * 3 + 1;
}

__attribute__((alias("weigh_all"), noipa)) unsigned weigh(unsigned n);
