/* malloc, calloc, realloc and free in a long random game; every block is
   filled, and checked before it goes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

enum { SLOTS = 200, ROUNDS = 12000 };

static struct {
    unsigned char *bytes;
    size_t size;
    unsigned char seed;
} slots[SLOTS];

static int damaged;

static unsigned char expected(unsigned char seed, size_t i)
{
    return (unsigned char)(seed + i * 7);
}

static void fill(int slot, size_t from)
{
    for (size_t i = from; i < slots[slot].size; i++)
        slots[slot].bytes[i] = expected(slots[slot].seed, i);
}

static uint32_t check(int slot, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        if (slots[slot].bytes[i] != expected(slots[slot].seed, i))
            damaged++;
        sum = fold(sum, slots[slot].bytes[i]);
    }
    return sum;
}

static size_t some_size(void)
{
    uint32_t r = chance();

    if (r % 100 < 80)
        return r % 128;
    if (r % 100 < 98)
        return r % 2000;
    return r % 20000;
}

static int all_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0)
            return 0;
    return 1;
}

int main(void)
{
    uint32_t sum = 0;
    int counts[4] = { 0 }, misaligned = 0, unclean = 0;

    for (int round = 0; round < ROUNDS; round++) {
        int slot = chance() % SLOTS;
        size_t size = some_size();

        if (slots[slot].bytes == NULL) {
            if (chance() % 4 == 0) {
                slots[slot].bytes = calloc(size / 4 + 1, 4);
                size = (size / 4 + 1) * 4;
                unclean += !all_zero(slots[slot].bytes, size);
                counts[1]++;
            } else {
                slots[slot].bytes = malloc(size += 1);
                counts[0]++;
            }
            misaligned += (uintptr_t)slots[slot].bytes % 8 != 0;
            slots[slot].size = size;
            slots[slot].seed = (unsigned char)chance();
            fill(slot, 0);
        } else if (chance() % 3 == 0) {
            size_t old = slots[slot].size;

            size += 1;
            slots[slot].bytes = realloc(slots[slot].bytes, size);
            slots[slot].size = size;
            sum = fold(sum, check(slot, size < old ? size : old));
            fill(slot, size < old ? size : old);
            counts[2]++;
        } else {
            sum = fold(sum, check(slot, slots[slot].size));
            free(slots[slot].bytes);
            slots[slot].bytes = NULL;
            counts[3]++;
        }
    }
    for (int slot = 0; slot < SLOTS; slot++)
        free(slots[slot].bytes);
    printf("%d malloc, %d calloc, %d realloc, %d free\n", counts[0], counts[1],
           counts[2], counts[3]);
    printf("checksum %08x, %d damaged, %d misaligned, %d not cleared\n",
           (unsigned)sum, damaged, misaligned, unclean);
    return 0;
}
