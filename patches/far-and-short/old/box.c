#include "box.h"

unsigned weigh(unsigned number);

unsigned box;

/* Two instructions, where nothing is near. */
__attribute__((section("remote_text"))) PROCEDURE void put(unsigned *place, unsigned number)
{
    *place = number;
}

PROCEDURE void put_weight(unsigned number)
{
    box = weigh(number);
}

PROCEDURE unsigned take_out(void)
{
    unsigned number = box;

    box = 0;
    return number;
}
