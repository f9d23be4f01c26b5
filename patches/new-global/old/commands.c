#include "session.h"

unsigned lower(unsigned n);
unsigned upper(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("at least %u\n", lower(number));
    else
        print("at most %u\n", upper(number));
}
