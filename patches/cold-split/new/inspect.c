#include "session.h"

static PROCEDURE __attribute__((cold)) unsigned complain(unsigned n)
{
    print("complaint %u; ", n);
    return n + 1;
}

static PROCEDURE unsigned twice(unsigned n)
{
    return n * 2;
}

PROCEDURE unsigned inspect(unsigned n)
{
    unsigned value = twice(n);

    if (n == 9) {
        value += complain(value);
        value += complain(n + 70);
        print("slow %u; ", value);
        value += twice(7);
        value += complain(value);
    }
    return value + twice(3) + 1000;
}
