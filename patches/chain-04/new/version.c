#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    return number > 4;
}
