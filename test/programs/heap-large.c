/* Blocks so large that they are mappings of their own, grown and shrunk;
   aligned blocks; and refusals. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"

static unsigned long sum_of(const unsigned char *bytes, size_t size)
{
    unsigned long sum = 0;

    for (size_t i = 0; i < size; i += 509)
        sum = (sum * 31 + bytes[i]) & 0xffffffff;
    return sum;
}

static void grow(void)
{
    size_t size = 100000;
    unsigned char *bytes = malloc(size);

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i / 3);
    printf("%zu bytes, sum %08lx\n", size, sum_of(bytes, 100000));
    for (int i = 0; i < 5; i++) {
        size *= 2;
        bytes = realloc(bytes, size);
        bytes[size - 1] = 1;
        printf("%zu bytes, sum %08lx\n", size, sum_of(bytes, 100000));
    }
    bytes = realloc(bytes, 100000);
    printf("back to 100000 bytes, sum %08lx\n", sum_of(bytes, 100000));
    free(bytes);
}

static void cleared(void)
{
    size_t used = 0;
    unsigned char *bytes;

    for (int i = 0; i < 4; i++) {
        bytes = calloc(3, 100000);
        for (size_t at = 0; at < 300000; at++)
            used += bytes[at];
        memset(bytes, 0xff, 300000);
        free(bytes);
    }
    printf("calloc gave %zu bytes that were not zero\n", used);
}

static void aligned(void)
{
    for (size_t alignment = 16; alignment <= 65536; alignment *= 4) {
        void *block = NULL;
        int error = posix_memalign(&block, alignment, 100);

        printf("aligned to %zu: %d, off by %zu\n", alignment, error,
               (size_t)((uintptr_t)block % alignment));
        free(block);
    }
    printf("aligned to 24: %s\n",
           posix_memalign(&(void *){ NULL }, 24, 1) == EINVAL ? "refused" : "?");
}

static void refused(void)
{
    /* Volatile, so that the compiler does not judge the size. */
    volatile size_t half = SIZE_MAX / 2, huge = SIZE_MAX - 100;
    char *block, *larger;

    printf("malloc of nearly all memory: %s\n", outcome(malloc(huge) ? 0 : -1));
    errno = 0;
    printf("calloc that overflows: %s\n", outcome(calloc(half, 3) ? 0 : -1));
    errno = 0;
    block = malloc(10);
    strcpy(block, "kept");
    larger = realloc(block, huge);
    printf("realloc to nearly all memory: %s\n", outcome(larger ? 0 : -1));
    if (larger == NULL)
        printf("the old block is %s\n", block);
}

int main(void)
{
    grow();
    cleared();
    aligned();
    refused();
    free(NULL);
    printf("malloc(0) %s null\n", malloc(0) ? "is not" : "is");
    return 0;
}
