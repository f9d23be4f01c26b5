#include "session.h"

unsigned weigh(unsigned number);

PROCEDURE unsigned weigh(unsigned number)
{
    return (number & 7) + 1;
}
