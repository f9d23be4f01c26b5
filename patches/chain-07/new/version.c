#include "chain.h"

static volatile unsigned latest;

PROCEDURE unsigned version(unsigned number)
{
    latest = number;
    return 7 + latest;
}
