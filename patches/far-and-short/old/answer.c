#include "box.h"

void answer(unsigned number, unsigned turn)
{
    put(&box, number + 1);
    print("%u: %u", turn, take_out());
    put_weight(number);
    print(", weight %u\n", take_out());
}
