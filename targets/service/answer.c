#include "service.h"

PROCEDURE void answer(unsigned request, unsigned value)
{
    print("%u: %u\n", request, value);
}
