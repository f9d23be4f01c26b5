#ifndef CONCURRENT_H
#define CONCURRENT_H

#include "linux.h"

#include <stddef.h>

/* thread.c: tid is cleared, and its waiters woken, when the thread has ended. */
struct thread {
    int tid;
    long stack[512];
};

/* Answers 0, or a negative error number. */
int thread_start(struct thread *thread, void (*run)(void *), void *argument);
void thread_join(struct thread *thread);
long futex_wait(int *word, int value);
long futex_wake(int *word, int count);

/* lock.c: zeroed memory is an open lock, or a condition nobody waits for. */
void lock(int *word);
void unlock(int *word);
/* Opens the lock while it waits; whoever wakes it holds that lock. */
void condition_wait(int *condition, int *locked);
void condition_wake(int *condition);

/* signal.c */
typedef void handler(int number, void *info, void *context);

long handle(int number, handler *handler, unsigned long flags, unsigned long mask);
/* Answers the signals that were blocked before; of the first 31 only. */
unsigned long block(int how, unsigned long mask);
unsigned long pending(void);
long suspend(unsigned long mask);
/* Nanoseconds; negative for no limit. Answers the signal or an error. */
long take(unsigned long mask, long nanoseconds);
long send(int tid, int number);
long alternate_stack(void *start, size_t size);

/* timing.c */
struct moment {
    time_word seconds;
    time_word nanoseconds;
};

long sleep_for(time_word seconds, time_word nanoseconds, struct moment *left);
struct moment now(void);
/* Microseconds below a second; 0 stops it. */
long repeat_alarm(long microseconds);

static inline unsigned long bit(int number)
{
    return 1ul << (number - 1);
}

#endif
