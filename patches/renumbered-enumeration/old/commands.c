#include "session.h"

void classify(unsigned n);

void answer(unsigned number, unsigned turn)
{
    (void)turn;
    classify(number);
}
