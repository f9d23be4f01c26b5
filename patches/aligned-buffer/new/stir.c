#include "session.h"

static _Alignas(256) unsigned char buffer[256];
char pad[3] = { 1, 2, 3 };

PROCEDURE unsigned stir(unsigned n)
{
    unsigned i, sum = 0;

    for (i = 0; i <= n; i++)
        buffer[i * 25] = (unsigned char)(i + (unsigned char)pad[1]);
    for (i = 0; i <= n; i++)
        sum = sum * 3 + buffer[i * 25];
    return sum + ((unsigned)(__UINTPTR_TYPE__)buffer & 255) * 1000;
}
