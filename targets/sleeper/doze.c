#include "sleeper.h"

PROCEDURE unsigned doze(unsigned number)
{
    sleep_for(0, (time_word)number * 1000, NULL);
    return number;
}
