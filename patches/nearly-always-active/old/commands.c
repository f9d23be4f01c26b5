#include "session.h"

unsigned busy(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, busy(number));
}
