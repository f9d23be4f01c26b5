#include "session.h"

unsigned blend(unsigned a, unsigned b, unsigned c, unsigned d, unsigned e,
               unsigned f, unsigned g, unsigned h, unsigned i, unsigned j);

void answer(unsigned number, unsigned turn)
{
    print("%u\n", blend(number, 1, 2, turn, 4, 5, number, 7, turn * 3, number));
}
