#include "session.h"

unsigned misaligned(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, misaligned(number));
}
