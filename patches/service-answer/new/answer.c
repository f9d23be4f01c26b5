#include "service.h"

static PROCEDURE const char *size_of(unsigned value)
{
    return value < 32768 ? "small" : "large";
}

PROCEDURE void answer(unsigned request, unsigned value)
{
    print("%u: median %u of %u, %s\n", request, value, NUMBERS,
          size_of(value));
}
