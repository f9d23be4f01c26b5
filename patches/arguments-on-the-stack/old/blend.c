#include "session.h"

/* More arguments than registers take. */
PROCEDURE unsigned blend(unsigned a, unsigned b, unsigned c, unsigned d,
                         unsigned e, unsigned f, unsigned g, unsigned h,
                         unsigned i, unsigned j)
{
    return a + b * 2 + c * 3 + d + e + f + g + h * 5 + i * 7 + j;
}
