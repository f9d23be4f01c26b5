#include "session.h"

unsigned sum(unsigned count, ...);

void answer(unsigned number, unsigned turn)
{
    unsigned n = number;

    if (turn & 1)
        print("%u\n", sum(3, n, n + 1, n * 2));
    else
        print("%u\n", sum(9, n, n, n + 1, 1u, 2u, 3u, n, n * n, 7u));
}
