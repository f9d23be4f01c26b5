#include "session.h"

PROCEDURE unsigned rounds(unsigned n);

static PROCEDURE unsigned squares(unsigned n)
{
    return n == 0 ? 0 : rounds(n - 1) * 2 + 1;
}

PROCEDURE unsigned rounds(unsigned n)
{
    return n == 0 ? 1 : squares(n - 1) + rounds(n / 2);
}
