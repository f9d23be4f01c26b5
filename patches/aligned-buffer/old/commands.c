#include "session.h"

unsigned stir(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, stir(number));
}
