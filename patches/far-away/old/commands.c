#include "session.h"

unsigned remote(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, remote(number));
}
