#include "session.h"

PROCEDURE unsigned share(unsigned n)
{
    unsigned long long whole = 1000000007ULL * (n + 1);

    return (unsigned)(whole / (n * 1000003ULL + 170017));
}
