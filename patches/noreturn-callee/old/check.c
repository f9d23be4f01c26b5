#include "session.h"

static PROCEDURE __attribute__((noreturn)) void stop(const char *why)
{
    print("%s\n", why);
    exit(0);
}

PROCEDURE unsigned check(unsigned n)
{
    if (n < 900)
        return n + 1;
    stop("too large");
}
