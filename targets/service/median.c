#include "service.h"

PROCEDURE unsigned median(unsigned seed, unsigned rounds)
{
    unsigned numbers[NUMBERS], spare[NUMBERS];
    unsigned i, state = seed * 2654435761u + 1;

    for (; rounds != 0; rounds--) {
        for (i = 0; i < NUMBERS; i++) {
            state = state * 1664525 + 1013904223;
            numbers[i] = spare[i] = state >> 16;
        }
        sort(numbers, spare, NUMBERS);
    }
    return numbers[NUMBERS / 2];
}
