#include "session.h"

unsigned near_by(unsigned n);
unsigned far_off(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        print("near_by %u\n", near_by(number));
    else
        print("far_off %u\n", far_off(number));
}
