#include "concurrent.h"

enum { OPEN, CLOSED = 2, EVERYBODY = 0x7fffffff };

/* With an exchange alone, which is all that SPARC V8 has, nobody can tell
   whether others wait: it is always assumed that they do. */
void lock(int *word)
{
    while (__atomic_exchange_n(word, CLOSED, __ATOMIC_SEQ_CST) != OPEN)
        futex_wait(word, CLOSED);
}

void unlock(int *word)
{
    __atomic_store_n(word, OPEN, __ATOMIC_SEQ_CST);
    futex_wake(word, 1);
}

void condition_wait(int *condition, int *locked)
{
    int before = __atomic_load_n(condition, __ATOMIC_SEQ_CST);

    unlock(locked);
    futex_wait(condition, before);
    lock(locked);
}

void condition_wake(int *condition)
{
    __atomic_store_n(condition, *condition + 1, __ATOMIC_SEQ_CST);
    futex_wake(condition, EVERYBODY);
}
