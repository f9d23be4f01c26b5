#include "session.h"

unsigned weigh(unsigned n);
unsigned weigh_all(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("weigh %u\n", weigh(number));
    else
        print("weigh_all %u\n", weigh_all(number));
}
