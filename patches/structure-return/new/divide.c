#include "session.h"
#include "divide.h"

PROCEDURE struct quotient divide(unsigned n, unsigned by)
{
    struct quotient result = { 0, 0, by, { n, by, 1, 2 } };

    while (n >= by) {
        n -= by;
        result.whole++;
    }
    result.rest = n;
    result.check[1] = n ^ by;
    return result;
}
