#include "pool.h"

PROCEDURE unsigned score(unsigned number)
{
    meet();
    return number * number;
}
