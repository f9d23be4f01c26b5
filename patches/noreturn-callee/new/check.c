#include "session.h"

static PROCEDURE __attribute__((noreturn)) void stop(const char *why)
{
    print("%s\n", why);
    exit(0);
}

PROCEDURE unsigned check(unsigned n)
{
    if (n < 900)
        return n + 2;
    stop(n & 1 ? "too large and odd" : "too large and even");
}
