#include "session.h"

#ifdef __sparc__
/* The compiler calls it; Debian's library for SPARC needs a newer processor. */
unsigned long long __udivdi3(unsigned long long n, unsigned long long by);

PROCEDURE unsigned long long __udivdi3(unsigned long long n,
                                       unsigned long long by)
{
    unsigned long long rest = 0, quotient = 0;
    int bits;

    for (bits = 64; bits != 0; bits--) {
        rest = rest << 1 | n >> 63;
        n <<= 1;
        quotient <<= 1;
        if (rest >= by) {
            rest -= by;
            quotient |= 1;
        }
    }
    return quotient;
}
#endif
