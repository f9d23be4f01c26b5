#include "handler.h"

PROCEDURE unsigned weigh(unsigned number)
{
    return number * 3;
}

void plain(int number)
{
    unsigned i;

    (void)number;
    for (i = 0; i < 10; i++)
        total += weigh(i);
}
