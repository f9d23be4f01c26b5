#include "session.h"

unsigned operate(unsigned n, unsigned turn);

void answer(unsigned number, unsigned turn)
{
    print("%u\n", operate(number, turn));
}
