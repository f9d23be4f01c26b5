#include "teller.h"

/* In hundredths of a percent. */
enum { RATE = 375, WHOLE = 10000, COMPOUND_LIMIT = 8 };

static PROCEDURE unsigned simple(unsigned cents, unsigned years)
{
    /* In two parts, because the product needs more than 32 bits. */
    unsigned yearly = cents / WHOLE * RATE + cents % WHOLE * RATE / WHOLE;

    return cents + yearly * years;
}

PROCEDURE unsigned compound(unsigned cents, unsigned years)
{
    if (years == 0)
        return cents;
    if (years > COMPOUND_LIMIT)
        years = COMPOUND_LIMIT;
    cents = compound(cents, years - 1);
    return cents + cents / WHOLE * RATE +
           (cents % WHOLE * RATE + WHOLE / 2) / WHOLE;
}

static const struct plan plans[] = {
    { "compound", compound },
    { "simple", simple },
};

PROCEDURE const struct plan *find_plan(const char *name)
{
    const struct plan *plan;

    for (plan = plans; plan < plans + sizeof plans / sizeof *plans; plan++)
        if (strcmp(plan->name, name) == 0)
            return plan;
    return NULL;
}
