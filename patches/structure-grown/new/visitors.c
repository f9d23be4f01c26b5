#include "session.h"

struct visitor {
    unsigned count;
    unsigned twice;
    unsigned last;
};

struct visitor visitors[4];

PROCEDURE unsigned visit(unsigned n)
{
    struct visitor *visitor = &visitors[n % 4];

    visitor->count++;
    visitor->twice = visitor->count * 2;
    visitor->last = n;
    return visitor->twice * 1000 + visitor->last;
}

struct old_visitor {
    unsigned count;
    unsigned last;
};

/* What the running program has becomes what this one works with. */
__attribute__((used)) int grow_visitors(const struct old_visitor *old,
                                        struct visitor *new);

PROCEDURE int grow_visitors(const struct old_visitor *old, struct visitor *new)
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        new[i].count = old[i].count;
        new[i].twice = old[i].count * 2;
        new[i].last = old[i].last;
    }
    return 0;
}
