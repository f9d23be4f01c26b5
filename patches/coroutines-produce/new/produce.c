#include "coroutines.h"

void produce(void *limit)
{
    unsigned number, square = 0;

    for (number = 1; number <= *(unsigned *)limit; number++) {
        square += 2 * number - 1;
        coroutine_yield(square);
        coroutine_yield(number);
    }
}
