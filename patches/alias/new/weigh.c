#include "session.h"

PROCEDURE unsigned weigh_all(unsigned n)
{
    return (n ^ 5) * 9 + n / 3;
}

__attribute__((alias("weigh_all"), noipa)) unsigned weigh(unsigned n);
