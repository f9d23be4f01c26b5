#ifndef TRICKS_H
#define TRICKS_H

#include "concurrent.h"
#include "coroutine.h"
#include "runtime.h"

/* At every level of optimization without a frame: returned from at once, it leaves the stack as it found it. */
#define FRAMELESS __attribute__((optimize("O2")))

/* carry.c, weigh.c: what an update replaces, one that calls and one that does not. */
void carry(void (*act)(void));
unsigned weigh(unsigned number);

/* actions.c */
void pause_a_while(void);
/* The same, with room on the stack. */
void dig(void);

/* Each plays one trick. */
void escape(void);
void probe(unsigned address);
void protect(unsigned address);
void resume(void);
void borrow(void);
void share(void);
void recall(void);
void die(void);

/* own.c: what each thread has for itself. */
struct own {
    int busy;
};

void begin_own(struct own *own);
struct own *own(void);

#endif
