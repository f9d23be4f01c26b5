#include "session.h"

unsigned check(unsigned n);
unsigned verify(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("check %u\n", check(number));
    else
        print("verify %u\n", verify(number));
}
