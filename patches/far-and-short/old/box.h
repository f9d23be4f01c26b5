#include "session.h"

extern unsigned box; /* 0: empty */

void put(unsigned *place, unsigned number);
void put_weight(unsigned number);
unsigned take_out(void);
