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
