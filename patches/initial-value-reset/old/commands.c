#include "session.h"

unsigned limited(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, limited(number));
}
