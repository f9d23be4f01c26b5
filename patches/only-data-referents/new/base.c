#include "session.h"

unsigned bases[3][4] = { { 1, 2, 3, 4 }, { 50, 60, 70, 80 }, { 900, 800, 700, 600 } };

PROCEDURE unsigned base(unsigned n)
{
    return bases[2][n & 3];
}
