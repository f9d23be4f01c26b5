/* Something small to be updated again and again. */
#include "chain.h"

void answer(unsigned number, unsigned turn)
{
    print("%u: %u\n", turn, version(number));
}
