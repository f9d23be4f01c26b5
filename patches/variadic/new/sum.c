#include "session.h"

#include <stdarg.h>

PROCEDURE unsigned sum(unsigned count, ...)
{
    unsigned total = 0, least = ~0u;
    va_list values;

    va_start(values, count);
    while (count-- != 0) {
        unsigned value = va_arg(values, unsigned);

        if (value < least)
            least = value;
        total += value;
    }
    va_end(values);
    return total - least;
}
