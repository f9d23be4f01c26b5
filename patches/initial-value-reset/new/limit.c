#include "session.h"

unsigned limit = 7;

PROCEDURE unsigned limited(unsigned n)
{
    return n > limit ? limit : n;
}
