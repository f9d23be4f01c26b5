#include "session.h"

void point(unsigned n);

void answer(unsigned number, unsigned turn)
{
    (void)turn;
    point(number);
}
