#ifndef JUMPS_H
#define JUMPS_H

#include "jump.h"
#include "session.h"

/* Where to go on when it is no use to descend. */
extern jump_buffer surface;

unsigned descend(unsigned number, unsigned depth);

#endif
