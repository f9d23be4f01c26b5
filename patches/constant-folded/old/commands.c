#include "session.h"

unsigned within(unsigned n);
unsigned beyond(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("within %u\n", within(number));
    else
        print("beyond %u\n", beyond(number));
}
