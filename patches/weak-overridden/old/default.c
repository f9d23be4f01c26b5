#include "session.h"

unsigned reply(unsigned n);

__attribute__((weak)) PROCEDURE unsigned reply(unsigned n)
{
    return n + 40;
}
