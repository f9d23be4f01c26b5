#include "session.h"

unsigned weights[4];

static PROCEDURE __attribute__((constructor)) void weigh(void)
{
    unsigned i;

    for (i = 0; i < 4; i++)
        weights[i] = i * 3 + 1;
}

PROCEDURE unsigned visit(unsigned n)
{
    return weights[n % 4] * n;
}
