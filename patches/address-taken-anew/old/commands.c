#include "session.h"

unsigned route(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, route(number));
}
