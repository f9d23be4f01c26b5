#include "session.h"

void tell(unsigned day);

void answer(unsigned number, unsigned turn)
{
    (void)turn;
    tell(number);
}
