#include "session.h"

struct visitor {
    unsigned count;
    unsigned last;
};

struct visitor visitors[4];
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
