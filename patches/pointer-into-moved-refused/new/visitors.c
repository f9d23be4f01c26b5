#include "session.h"

struct visitor {
    unsigned count;
    unsigned last;
};

struct visitor visitors[6];
static struct visitor *latest;

static PROCEDURE struct visitor *visitor_of(unsigned n)
{
    return &visitors[n % (sizeof visitors / sizeof visitors[0])];
}

PROCEDURE unsigned visit(unsigned n)
{
    unsigned before = latest == NULL ? 0 : latest->last;

    latest = visitor_of(n);
    latest->count++;
    latest->last = n;
    return latest->count * 100 + before;
}

__attribute__((used)) int more_visitors(const struct visitor *old,
                                        struct visitor *new);

PROCEDURE int more_visitors(const struct visitor *old, struct visitor *new)
{
    unsigned i;

    for (i = 0; i < 4; i++)
        new[i] = old[i];
    return 0;
}
