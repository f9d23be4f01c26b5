#ifndef HANDLER_H
#define HANDLER_H

#include "concurrent.h"
#include "session.h"

extern volatile unsigned total;

/* informed.c: takes information, and runs on a stack of its own. */
void informed(int number, void *info, void *context);

/* plain.c: the kind of handler that is told its number only. */
void plain(int number);
void handle_plain(int number, void (*handler)(int));

/* weigh.c: what both call. */
unsigned weigh(unsigned number);

#endif
