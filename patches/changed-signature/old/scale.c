#include "session.h"
#include "scale.h"

PROCEDURE unsigned scale(unsigned n, unsigned by)
{
    return n * by;
}
