#ifndef WATCH_H
#define WATCH_H

#include "runtime.h"

/* note.c: a request is counted by the first of the two. */
extern unsigned requests, latest;
void note(unsigned number);
void keep(unsigned number);

#endif
