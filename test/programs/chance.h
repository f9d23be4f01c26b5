/* A small generator, so that all machines see the same numbers. */
#ifndef CHANCE_H
#define CHANCE_H

#include <stdint.h>

static uint32_t chance_state = 2463534242u;

static inline uint32_t chance(void)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 17;
    chance_state ^= chance_state << 5;
    return chance_state;
}

static inline uint64_t chance64(void)
{
    uint64_t high = chance();

    return high << 32 | chance();
}

/* Folds a value into a checksum: FNV-1a, a word at a time, and a shift, lest
   the highest bits stay among themselves. */
static inline uint32_t fold(uint32_t sum, uint32_t value)
{
    sum = (sum ^ value) * 16777619u;
    return sum ^ sum >> 15;
}

#endif
