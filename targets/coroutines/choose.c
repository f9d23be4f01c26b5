#include "coroutines.h"

void choose(void *limit)
{
    struct coroutine *producer = coroutine_create(produce, limit);
    unsigned value;

    while (coroutine_resume(producer, &value))
        if (value % 3 != 0)
            coroutine_yield(value);
    coroutine_destroy(producer);
}
