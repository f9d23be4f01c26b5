#include "session.h"

void describe(unsigned n);

void answer(unsigned number, unsigned turn)
{
    (void)turn;
    describe(number);
}
