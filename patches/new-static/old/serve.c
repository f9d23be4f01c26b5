#include "session.h"

PROCEDURE unsigned serve(unsigned n)
{
    return n * n + 1;
}
