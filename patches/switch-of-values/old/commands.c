#include "session.h"

unsigned day(unsigned n);
unsigned weeks(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("day %u\n", day(number));
    else
        print("weeks %u\n", weeks(number));
}
