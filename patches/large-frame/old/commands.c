#include "session.h"

unsigned arrange(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, arrange(number));
}
