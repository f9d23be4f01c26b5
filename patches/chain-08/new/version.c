#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    print("eight ");
    return number + 8;
}
