#ifndef COROUTINES_H
#define COROUTINES_H

#include "coroutine.h"
#include "session.h"

/* Coroutines: the first yields numbers, the second some of what the first did. */
void produce(void *limit);
void choose(void *limit);

#endif
