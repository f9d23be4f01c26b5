#ifndef FOREVER_H
#define FOREVER_H

#include "runtime.h"

enum { LONGEST = 32 };

/* Repeats for ever: the program ends in next_line, when there is no more. */
void serve_forever(void);
void next_line(char *line);
void serve(const char *line);

#endif
