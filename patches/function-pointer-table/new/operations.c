#include "session.h"

typedef unsigned operation(unsigned n);

static unsigned twice(unsigned n)
{
    return n * 2;
}

static unsigned half(unsigned n)
{
    return n / 2 + n % 2 * 50;
}

static unsigned square(unsigned n)
{
    return n * n;
}

operation *const operations[3] = { twice, half, square };

/* Remembered over the update: it must stay the same pointer. */
static operation *last;

PROCEDURE unsigned operate(unsigned n, unsigned turn)
{
    operation *chosen = operations[turn % 3];

    if (turn % 3 == 1 && last != NULL && last != chosen)
        return 999;
    if (turn % 3 == 1)
        last = chosen;
    return chosen(n);
}
