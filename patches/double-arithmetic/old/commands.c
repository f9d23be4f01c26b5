#include "session.h"

unsigned degrees(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, degrees(number));
}
