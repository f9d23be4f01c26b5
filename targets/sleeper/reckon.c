#include "sleeper.h"

PROCEDURE unsigned reckon(unsigned number)
{
    return number + 1;
}
