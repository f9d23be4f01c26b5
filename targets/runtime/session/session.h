#ifndef SESSION_H
#define SESSION_H

#include "runtime.h"

/* What a program with this main does with one line of input: `number` is what
   the line begins with, 0 when it is no number; `turn` counts lines from 0. */
void answer(unsigned number, unsigned turn);

#endif
