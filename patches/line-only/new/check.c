#include "session.h"

#define EXPECT(condition) \
    ((condition) ? 0 : complain(#condition, __LINE__))

static PROCEDURE int complain(const char *what, int line)
{
    print("line %d: %s fails; ", line, what);
    return 1;
}

PROCEDURE unsigned check(unsigned n)
{
    EXPECT(n != 5);
    return n * 2;
}

/* Numbers have one digit. */
PROCEDURE unsigned verify(unsigned n)
{
    EXPECT(n < 8);
    return n * 3;
}
