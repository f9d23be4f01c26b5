#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    return number * number + 2;
}
