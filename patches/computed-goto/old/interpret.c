#include "session.h"

/* A program of one letter an instruction: add, double, subtract, end. */
PROCEDURE unsigned interpret(const char *code, unsigned n)
{
    static const void *const labels[] = { &&add, &&twice, &&less, &&end };
    unsigned value = n;

    goto *labels[*code++ - 'a'];
add:
    value += n + 3;
    goto *labels[*code++ - 'a'];
twice:
    value *= 2;
    goto *labels[*code++ - 'a'];
less:
    value -= n / 2;
    goto *labels[*code++ - 'a'];
end:
    return value;
}
