#include "session.h"

PROCEDURE unsigned reversed(unsigned n)
{
    unsigned char *digits = __builtin_alloca(n + 9);
    unsigned i, value = 0;

    for (i = 0; i <= n; i++)
        digits[i] = (unsigned char)(i * 7 % 10);
    while (i-- != 0)
        value = value * 5 + digits[i];
    return value;
}
