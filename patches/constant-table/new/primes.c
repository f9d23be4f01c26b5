#include "session.h"

const unsigned char primes[12] = { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 };

PROCEDURE unsigned prime(unsigned n)
{
    unsigned i, sum = 0;

    for (i = 0; i <= n; i++)
        sum += primes[i % 12];
    return sum;
}
