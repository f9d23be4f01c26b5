#include "pool.h"
#include "syscall.h"

enum {
    STACK = 4096,
    GUARD = 4096,
    SHARED = 0x100 | 0x200 | 0x400 | 0x800, /* memory, directories, files, handlers */
    THREAD = 0x10000 | 0x40000,
    PARENT_SET_TID = 0x100000,
    READ_WRITE = 3,
    PRIVATE_ANONYMOUS = 0x22,
};

static struct job *queue[WORKERS];
static unsigned taken, filled, done;
static int locked, work_comes, all_done;

/* Every worker repeats this for ever. */
static PROCEDURE void work(void *unused)
{
    (void)unused;
    for (;;) {
        struct job *job;

        lock(&locked);
        while (taken == filled)
            condition_wait(&work_comes, &locked);
        job = queue[taken++ % WORKERS];
        unlock(&locked);
        job->result = score(job->number);
        lock(&locked);
        if (++done == WORKERS)
            condition_wake(&all_done);
        unlock(&locked);
    }
}

/* A stack of its own, with a page below it that nobody may touch. */
static void hire(void)
{
    static int tid;
    long place = system_call6(SYS_MMAP, 0, GUARD + STACK, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);

    system_call(SYS_MPROTECT, place, GUARD, 0);
    start_thread(SHARED | THREAD | PARENT_SET_TID, (char *)place + GUARD + STACK, &tid, &tid, work, NULL);
}

void do_jobs(struct job *jobs)
{
    static int hired;
    int i;

    for (; hired < WORKERS; hired++)
        hire();
    lock(&locked);
    done = 0;
    for (i = 0; i < WORKERS; i++)
        queue[filled++ % WORKERS] = &jobs[i];
    condition_wake(&work_comes);
    while (done < WORKERS)
        condition_wait(&all_done, &locked);
    unlock(&locked);
}
