#include "session.h"

unsigned left(unsigned n);
unsigned right(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("left %u\n", left(number));
    else
        print("right %u\n", right(number));
}
