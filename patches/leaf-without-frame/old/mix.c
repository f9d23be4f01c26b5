#include "session.h"

PROCEDURE unsigned mix(unsigned n)
{
    return (n << 5) ^ (n >> 1) ^ 0x55;
}
