#include "session.h"

PROCEDURE unsigned busy(unsigned n)
{
    unsigned i, sum = n;

    for (i = 0; i < 400; i++)
        sum = sum * 5 + (sum >> 7) + i;
    return sum ^ n;
}
