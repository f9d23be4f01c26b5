#ifndef SLEEPER_H
#define SLEEPER_H

#include "concurrent.h"
#include "session.h"

/* helper.c: asks the thread that sleeps, and sleeps in futex meanwhile. */
unsigned ask(unsigned number);

/* doze.c: sleeps in clock_nanosleep. */
unsigned doze(unsigned number);

/* reckon.c: never sleeps. */
unsigned reckon(unsigned number);

#endif
