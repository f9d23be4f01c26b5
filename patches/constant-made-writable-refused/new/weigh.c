#include "session.h"

unsigned char weights[4] = { 1, 2, 3, 4 };

PROCEDURE unsigned weigh(unsigned n)
{
    weights[n % 4] = (unsigned char)(n & 7);
    return n * weights[n % 4];
}
