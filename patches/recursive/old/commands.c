#include "session.h"

unsigned sequence(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, sequence(number));
}
