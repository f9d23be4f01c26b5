#include "session.h"

void greet(unsigned n);
void answer_back(unsigned n);

void answer(unsigned number, unsigned turn)
{
    if (turn & 1)
        greet(number);
    else
        answer_back(number);
}
