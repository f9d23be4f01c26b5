#include "session.h"

unsigned base(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, base(number));
}
