#include "session.h"

unsigned count(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, count(number));
}
