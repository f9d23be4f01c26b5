#include "session.h"

unsigned first(unsigned n);
unsigned second(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("first %u\n", first(number));
    else
        print("second %u\n", second(number));
}
