#include "session.h"

PROCEDURE unsigned price(unsigned n)
{
    return n * 377;
}
