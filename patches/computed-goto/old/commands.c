#include "session.h"

unsigned interpret(const char *code, unsigned n);

void answer(unsigned number, unsigned turn)
{
    print("%u\n", interpret(turn & 1 ? "abacbacd" : "bbcad", number));
}
