#include "session.h"

PROCEDURE void describe(unsigned n)
{
    if (n % 3 == 0)
        print("%u is divisible by three\n", n);
    else
        print("%u is %s\n", n, n & 1 ? "an odd number" : "even");
}
