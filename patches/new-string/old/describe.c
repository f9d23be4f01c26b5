#include "session.h"

PROCEDURE void describe(unsigned n)
{
    print("%u is %s\n", n, n & 1 ? "odd" : "even");
}
