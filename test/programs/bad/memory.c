/* Takes memory until there is no more, in the way of the argument, and uses
   all of it. Says how many mebibytes it got. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MEBIBYTE = 1 << 20, MOST = 8192 };

static void *by_malloc(void) { return malloc(MEBIBYTE - 64); }

static void *by_brk(void)
{
    void *old = sbrk(MEBIBYTE);

    return old == (void *)-1 ? NULL : old;
}

static void *by_mmap(void)
{
    void *got = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0);

    return got == MAP_FAILED ? NULL : got;
}

/* Grows one mapping instead of making many. */
static void *by_mremap(void)
{
    static char *start;
    static size_t size;
    void *got;

    if (start == NULL)
        got = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                   0);
    else
        got = mremap(start, size, size + MEBIBYTE, MREMAP_MAYMOVE);
    if (got == MAP_FAILED)
        return NULL;
    start = got;
    size += MEBIBYTE;
    return start + size - MEBIBYTE;
}

/* Reserves without asking for permission to touch. */
static void *by_reserving(void)
{
    void *got = mmap(NULL, MEBIBYTE, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (got == MAP_FAILED || mprotect(got, MEBIBYTE, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    return got;
}

static void *by_stack(int left)
{
    volatile char frame[MEBIBYTE];

    memset((char *)frame, 1, sizeof frame);
    return left == 0 ? NULL : (char *)by_stack(left - 1) + frame[left];
}

static const struct {
    const char *name;
    void *(*take)(void);
} ways[] = {
    { "malloc", by_malloc }, { "brk", by_brk },           { "mmap", by_mmap },
    { "mremap", by_mremap }, { "reserve", by_reserving },
};

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    int count = 0;

    if (!strcmp(way, "stack"))
        return by_stack(100) != NULL;
    for (unsigned i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, way) != 0)
            continue;
        errno = 0;
        while (count < MOST) {
            char *block = ways[i].take();

            if (block == NULL)
                break;
            count++;
            for (int page = 0; page < MEBIBYTE - 64; page += 4096)
                block[page] = (char)count;
        }
        printf("%d mebibytes, then: %s\n", count, strerror(errno));
        return 0;
    }
    return 2;
}
