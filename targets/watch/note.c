#include "watch.h"

unsigned requests, latest;

PROCEDURE void note(unsigned number)
{
    (void)number;
    requests++;
}

PROCEDURE void keep(unsigned number)
{
    latest = number;
}
