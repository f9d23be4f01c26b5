#include "session.h"

unsigned pack(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, pack(number));
}
