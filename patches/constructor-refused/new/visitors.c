#include "session.h"

unsigned weights[4];
unsigned prices[4];

static PROCEDURE __attribute__((constructor)) void weigh(void)
{
    unsigned i;

    for (i = 0; i < 4; i++)
        weights[i] = i * 4 + 1;
}

static PROCEDURE __attribute__((constructor)) void price(void)
{
    unsigned i;

    for (i = 0; i < 4; i++)
        prices[i] = 100 - i;
}

/* For a program that has started; the manifest has forgotten it. */
__attribute__((used)) int set_prices(void);

PROCEDURE int set_prices(void)
{
    price();
    return 0;
}

PROCEDURE unsigned visit(unsigned n)
{
    return weights[n % 4] * n + prices[n % 4] * 1000;
}
