#include "concurrent.h"
#include "syscall.h"

enum {
    SHARED = 0x100 | 0x200 | 0x400 | 0x800, /* memory, directories, files, handlers */
    THREAD = 0x10000 | 0x40000,
    PARENT_SET_TID = 0x100000,
    CHILD_CLEAR_TID = 0x200000,
    WAIT = 0,
    WAKE = 1,
};

int thread_start(struct thread *thread, void (*run)(void *), void *argument)
{
    long tid = start_thread(SHARED | THREAD | PARENT_SET_TID | CHILD_CLEAR_TID,
                            thread + 1, &thread->tid, &thread->tid, run, argument);

    return tid < 0 ? (int)tid : 0;
}

void thread_join(struct thread *thread)
{
    int tid;

    while ((tid = __atomic_load_n(&thread->tid, __ATOMIC_SEQ_CST)) != 0)
        futex_wait(&thread->tid, tid);
}

long futex_wait(int *word, int value)
{
    return system_call6(SYS_FUTEX, (long)word, WAIT, value, 0, 0, 0);
}

long futex_wake(int *word, int count)
{
    return system_call6(SYS_FUTEX, (long)word, WAKE, count, 0, 0, 0);
}
