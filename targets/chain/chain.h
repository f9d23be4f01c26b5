#ifndef CHAIN_H
#define CHAIN_H

#include "session.h"

/* The procedure that ten updates, one on top of another, replace. */
unsigned version(unsigned number);

#endif
