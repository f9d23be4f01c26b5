#include "handler.h"

PROCEDURE unsigned weigh(unsigned number)
{
    return number * 3;
}

void plain(int number)
{
    (void)number;
    total += weigh(100);
}
