#include "session.h"

unsigned up(unsigned n);
unsigned down(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("up %u\n", up(number));
    else
        print("down %u\n", down(number));
}
