#include "unruly.h"

jump_buffer surface;

void answer(unsigned number, unsigned turn)
{
    unsigned result = (unsigned)set_jump(&surface);

    if (result == 0)
        result = number == 9 ? cover(number) : attempt(number);
    print("%u: %u\n", turn, result);
}
