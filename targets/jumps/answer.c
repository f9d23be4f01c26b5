/* Leaves many procedures at once, by a jump. */
#include "jumps.h"

jump_buffer surface;

void answer(unsigned number, unsigned turn)
{
    int given_up = set_jump(&surface);

    if (given_up == 0)
        print("%u: %u\n", turn, descend(number, 1));
    else
        print("%u: given up at %d\n", turn, given_up);
}
