#include "session.h"

unsigned limit = 5;

PROCEDURE unsigned limited(unsigned n)
{
    return n > limit ? limit : n;
}
