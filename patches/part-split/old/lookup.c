#include "session.h"

static unsigned calls;

static unsigned lookup(unsigned n)
{
    unsigned i, sum = 0;

    if (__builtin_expect(n < 90, 1))
        return n + 1;
    calls++;
    for (i = 0; i < n; i++)
        sum = sum * 7 + (sum >> 3) + i;
    print("%u of %u; ", sum, calls);
    for (i = 0; i < 5; i++)
        print("%u %u %x; ", sum >> i, i * n, sum ^ calls);
    print("%u and %u and %u; ", sum & 7, sum & 15, sum & 31);
    print("%u or %u or %u; ", sum | 7, sum | 15, sum | 31);
    return sum & 0xfff;
}

PROCEDURE unsigned left(unsigned n)
{
    return lookup(n) * 3;
}

PROCEDURE unsigned right(unsigned n)
{
    return lookup(n + 5) + 9;
}
