#include "sleeper.h"

static int asked, answered;
static unsigned question, response;
static struct thread thread;

static PROCEDURE void help(void *unused)
{
    int seen = 0;

    (void)unused;
    for (;;) {
        while (__atomic_load_n(&asked, __ATOMIC_SEQ_CST) == seen)
            futex_wait(&asked, seen);
        seen++;
        response = reckon(doze(question));
        condition_wake(&answered);
    }
}

unsigned ask(unsigned number)
{
    int before = __atomic_load_n(&answered, __ATOMIC_SEQ_CST);

    if (thread.tid == 0)
        thread_start(&thread, help, NULL);
    question = number;
    condition_wake(&asked);
    while (__atomic_load_n(&answered, __ATOMIC_SEQ_CST) == before)
        futex_wait(&answered, before);
    return response;
}
