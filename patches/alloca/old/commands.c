#include "session.h"

unsigned reversed(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, reversed(number));
}
