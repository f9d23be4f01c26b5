#include "tricks.h"

extern volatile unsigned *volatile nowhere;

FRAMELESS PROCEDURE unsigned weigh(unsigned number)
{
    return number == 0 ? *nowhere : number * 3;
}
