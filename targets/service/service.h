#ifndef SERVICE_H
#define SERVICE_H

#include "runtime.h"

enum { NUMBERS = 128 };

/* median.c: of the numbers that follow from `seed`, taken `rounds` times. What
   it leaves on the stack depends on `seed` alone, and covers what an answer
   left there; `rounds` is 1 at least. */
unsigned median(unsigned seed, unsigned rounds);

/* sort.c: ascending; `spare` holds the same before, and is used up. */
void sort(unsigned *numbers, unsigned *spare, unsigned count);

/* answer.c */
void answer(unsigned request, unsigned value);

#endif
