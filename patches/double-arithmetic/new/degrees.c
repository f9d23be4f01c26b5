#include "session.h"

PROCEDURE unsigned degrees(unsigned n)
{
    double celsius = (double)(int)n * 1.2497 + 3.5;

    return (unsigned)(int)(celsius * 1.8 + 32.25);
}
