#include "session.h"

unsigned limits[2] = { 3, 6 };
unsigned hits[64];

PROCEDURE unsigned lower(unsigned n)
{
    hits[n & 63]++;
    return n < limits[0] ? limits[0] : n;
}

PROCEDURE unsigned upper(unsigned n)
{
    hits[n & 63]++;
    return n > limits[1] ? limits[1] : n;
}
