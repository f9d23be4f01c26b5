#ifndef TIMES_H
#define TIMES_H

#include "tasks.h"

/* task.c: when the first task of the batch began and the last one ended; 0 when
   that was not seen. */
extern unsigned started, ended;

#endif
