#include "session.h"

unsigned limited(unsigned n);
void set_limit(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn % 4 == 0)
        set_limit(number);
    print("%u: %u\n", turn, limited(number));
}
