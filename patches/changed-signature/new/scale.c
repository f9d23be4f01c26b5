#include "session.h"
#include "scale.h"

PROCEDURE unsigned scale(unsigned divisor, unsigned n, unsigned by)
{
    return n * by / divisor;
}
