#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    return number == 0 ? 5 : number - 1 + version(number - 1);
}
