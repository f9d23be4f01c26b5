#include "session.h"

static unsigned long long sum = 0xfffffff0;

PROCEDURE unsigned accumulate(unsigned n)
{
    sum += (unsigned long long)n << 30;
    sum -= n;
    return (unsigned)(sum >> 32) ^ (unsigned)sum;
}
