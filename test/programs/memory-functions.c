/* memcpy, memmove, memset, memcmp, memchr: all sizes and alignments, checked
   byte by byte with what lies around. */
#include <stdio.h>
#include <string.h>

#include "chance.h"

enum { ROOM = 400, GUARD = 16 };

static unsigned char from[ROOM + 2 * GUARD], to[ROOM + 2 * GUARD], model[ROOM + 2 * GUARD];
static int wrong;
static uint32_t sum = 1;

static void randomize(void)
{
    for (unsigned i = 0; i < sizeof from; i++)
        from[i] = (unsigned char)chance();
    for (unsigned i = 0; i < sizeof to; i++)
        model[i] = to[i] = (unsigned char)(i * 5);
}

static void compare(const char *what, int size, int a, int b)
{
    for (unsigned i = 0; i < sizeof to; i++) {
        if (to[i] != model[i]) {
            printf("%s of %d from %d to %d: byte %u\n", what, size, a, b, i);
            wrong++;
            break;
        }
        sum = fold(sum, to[i]);
    }
}

static void copies(int size, int a, int b)
{
    randomize();
    memcpy(to + GUARD + b, from + GUARD + a, (size_t)size);
    for (int i = 0; i < size; i++)
        model[GUARD + b + i] = from[GUARD + a + i];
    compare("memcpy", size, a, b);

    memmove(to + GUARD + a, to + GUARD + b, (size_t)size);
    if (a < b)
        for (int i = 0; i < size; i++)
            model[GUARD + a + i] = model[GUARD + b + i];
    else
        for (int i = size; i-- > 0;)
            model[GUARD + a + i] = model[GUARD + b + i];
    compare("memmove", size, b, a);

    memset(to + GUARD + b, size, (size_t)size);
    for (int i = 0; i < size; i++)
        model[GUARD + b + i] = (unsigned char)size;
    compare("memset", size, 0, b);
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void searches(int size, int a, int b)
{
    unsigned char *x = from + GUARD + a, *y = to + GUARD + b;
    int at = size ? (int)(chance() % (unsigned)size) : 0;

    memset(x, 'e', (size_t)size + 1);
    memset(y, 'e', (size_t)size + 1);
    sum = fold(sum, (uint32_t)sign(memcmp(x, y, (size_t)size)));
    if (size > 0) {
        y[at] = 'f';
        sum = fold(sum, (uint32_t)sign(memcmp(x, y, (size_t)size)));
        x[at] = 0xe9;
        sum = fold(sum, (uint32_t)sign(memcmp(x, y, (size_t)size)));
        if (memchr(y, 'f', (size_t)size) != y + at)
            wrong++;
    }
    if (memchr(y, 'z', (size_t)size) != NULL)
        wrong++;
}

int main(void)
{
    for (int size = 0; size < 70; size++) {
        for (int a = 0; a < 9; a += 3)
            for (int b = 0; b < 9; b += 2) {
                copies(size, a, b);
                searches(size, a, b);
            }
        if (size % 10 == 9)
            printf("up to %d: %08x\n", size, (unsigned)sum);
    }
    for (int size = 100; size <= ROOM - 20; size += 53) {
        copies(size, size % 8, size % 5);
        searches(size, size % 7, size % 3);
    }
    printf("large ones: %08x, %d wrong\n", (unsigned)sum, wrong);
    return wrong != 0;
}
