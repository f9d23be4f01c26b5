#ifndef COROUTINE_H
#define COROUTINE_H

#include "runtime.h"

/* What goes on elsewhere: where, on which stack, with which registers. */
struct context {
    long words[14];
};

/* switch.S: goes on in `to`, and comes back when somebody switches to `from`. */
void coroutine_switch(struct context *from, const struct context *to);
/* The same without a way back. */
void coroutine_leave(const struct context *to) __attribute__((noreturn));
/* Makes a context that begins with run(argument) below `top`. */
void coroutine_prepare(struct context *context, void *top, void (*run)(void *), void *argument);

/* coroutine.c: its stack comes from the heap, and is cleared when it is given
   back, so that nothing that was left there looks like a procedure at work. */
struct coroutine;

struct coroutine *coroutine_create(void (*run)(void *), void *argument);
/* Lets it go on to its next yield and answers 1, or to its end and answers 0. */
int coroutine_resume(struct coroutine *coroutine, unsigned *value);
/* From inside the coroutine that was resumed last. */
void coroutine_yield(unsigned value);
void coroutine_destroy(struct coroutine *coroutine);

#endif
