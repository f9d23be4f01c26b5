#ifndef POOL_H
#define POOL_H

#include "concurrent.h"
#include "session.h"

enum { WORKERS = 8 };

struct job {
    unsigned number;
    unsigned result;
};

/* workers.c: does all of these jobs, with a thread for each. */
void do_jobs(struct job *jobs);

/* meet.c: returns when all workers are here. */
void meet(void);

/* score.c: what a job is. */
unsigned score(unsigned number);

#endif
