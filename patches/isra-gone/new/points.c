#include "session.h"

struct point {
    unsigned x;
    unsigned y;
    unsigned unused[6];
};

static __attribute__((noinline)) unsigned distance(const struct point *point,
                                                   unsigned from)
{
    unsigned sum = point->x - from, y = point->y;

    while (from-- != 0)
        sum = sum * 3 + y + point->unused[from % 6] + 1;
    return sum;
}

PROCEDURE unsigned near_by(unsigned n)
{
    struct point point = { n, n * 2, { 0 } };

    return distance(&point, n & 3) + 1;
}

PROCEDURE unsigned far_off(unsigned n)
{
    struct point point = { n * 5, n, { 0 } };

    return distance(&point, n & 7) + 2;
}
