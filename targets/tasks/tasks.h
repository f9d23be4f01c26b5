#ifndef TASKS_H
#define TASKS_H

#include "session.h"

enum { TASKS = 8 };

enum state { IDLE, READY, DONE };

struct task {
    enum state state;
    unsigned sum;
};

/* answer.c: the tasks of this batch, the first `planned` of them. */
extern struct task tasks[TASKS];
extern unsigned planned;

/* task.c: tasks counted, in all batches. */
extern unsigned count;
void task(unsigned number);

/* work.c: steps of work since a day long ago. */
extern unsigned now;
void do_init(unsigned number);
void do_run(unsigned number);

/* report.c */
void report(unsigned batch);

#endif
