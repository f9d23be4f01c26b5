#include "session.h"

PROCEDURE unsigned sequence(unsigned n)
{
    if (n < 2)
        return n;
    return sequence(n - 1) + sequence(n - 2);
}
