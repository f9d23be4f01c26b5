#include "session.h"

unsigned reply(unsigned n);

PROCEDURE unsigned reply(unsigned n)
{
    return n * n + n + 41;
}
