#include "session.h"

PROCEDURE unsigned route(unsigned n)
{
    return n + 1;
}
