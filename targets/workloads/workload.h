#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "runtime.h"

/* Each workload does as many rounds as its first argument says; none gives
   some 30 to 100 million instructions. Its last line is a checksum. */

static inline unsigned rounds(int argc, char **argv, unsigned usual)
{
    unsigned count = usual;
    const char *rest = argc > 1 ? parse_digits(argv[1], &count) : "";

    if (argc > 2 || rest == NULL || *rest != '\0') {
        print("usage: %s [ROUNDS]\n", argv[0]);
        exit(2);
    }
    return count;
}

/* Marsaglia's xorshift with the triple 13, 17, 5; the seed is not zero. */
static inline unsigned random32(unsigned *state)
{
    unsigned x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/* FNV-1a, four bytes at a time. */
static inline unsigned mix(unsigned sum, unsigned value)
{
    return (sum ^ value) * 16777619u;
}

#define MIX_START 0x811c9dc5u

#endif
