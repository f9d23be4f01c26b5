/* Coroutines with stacks on the heap, one within another. */
#include "coroutines.h"

void answer(unsigned number, unsigned turn)
{
    struct coroutine *chooser = coroutine_create(choose, &number);
    unsigned value, sum = 0;

    while (coroutine_resume(chooser, &value))
        sum += value;
    coroutine_destroy(chooser);
    print("%u: %u\n", turn, sum);
}
