#include "session.h"

unsigned add(unsigned n);
unsigned triple(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("add %u\n", add(number));
    else
        print("triple %u\n", triple(number));
}
