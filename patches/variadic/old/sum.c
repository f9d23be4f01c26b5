#include "session.h"

#include <stdarg.h>

PROCEDURE unsigned sum(unsigned count, ...)
{
    unsigned total = 0;
    va_list values;

    va_start(values, count);
    while (count-- != 0)
        total += va_arg(values, unsigned);
    va_end(values);
    return total;
}
