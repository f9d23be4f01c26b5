#include "sleeper.h"

PROCEDURE unsigned doze(unsigned number)
{
    struct moment left = { 0, 0 };

    sleep_for(0, (time_word)number * 500, &left);
    sleep_for(0, (time_word)number * 500, &left);
    return number * 100 + (unsigned)left.seconds;
}
