#include "coroutines.h"

void produce(void *limit)
{
    unsigned number;

    for (number = 1; number <= *(unsigned *)limit; number++)
        coroutine_yield(number);
}
