#include "pool.h"

PROCEDURE void meet(void)
{
    static int here, round;
    static int locked;
    int before;

    lock(&locked);
    before = round;
    if (++here == WORKERS) {
        here = 0;
        condition_wake(&round);
        unlock(&locked);
        return;
    }
    unlock(&locked);
    while (__atomic_load_n(&round, __ATOMIC_SEQ_CST) == before)
        futex_wait(&round, before);
}
