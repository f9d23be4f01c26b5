#include "session.h"

unsigned visit(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, visit(number));
}
