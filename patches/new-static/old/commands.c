#include "session.h"

unsigned serve(unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, serve(number));
}
