#include "session.h"

char buffer[48];

PROCEDURE unsigned store(unsigned n)
{
    unsigned i;

    for (i = 0; i < sizeof buffer; i++)
        buffer[i] = (char)(n + i);
    return (unsigned char)buffer[n % sizeof buffer];
}
