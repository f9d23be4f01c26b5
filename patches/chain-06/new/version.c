#include "chain.h"

PROCEDURE unsigned version(unsigned number)
{
    static const unsigned table[] = { 6, 66, 666, 6666 };

    return table[number % 4];
}
