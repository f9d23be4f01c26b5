#include "runtime.h"
#include "syscall.h"

#include <stdint.h>

struct block {
    size_t size;
    struct block *next;
};

enum {
    UNIT = sizeof(struct block),
    CHUNK = 4096,
    READ_WRITE = 3,
    PRIVATE_ANONYMOUS = 0x22,
};

/* In order of address, so that neighbours can be joined. */
static struct block *free_list;

static void give_back(struct block *block)
{
    struct block *before = NULL, *after = free_list;

    while (after != NULL && after < block) {
        before = after;
        after = after->next;
    }
    if ((char *)block + block->size == (char *)after) {
        block->size += after->size;
        after = after->next;
    }
    block->next = after;
    if (before == NULL) {
        free_list = block;
    } else if ((char *)before + before->size == (char *)block) {
        before->size += block->size;
        before->next = block->next;
    } else {
        before->next = block;
    }
}

static int grow(size_t size)
{
    uintptr_t top = (uintptr_t)system_call(SYS_BRK, 0, 0, 0);
    uintptr_t start = (top + UNIT - 1) & -(uintptr_t)UNIT;
    uintptr_t end = start + size;
    struct block *block = (struct block *)start;

    if (end < start ||
        (uintptr_t)system_call(SYS_BRK, (long)end, 0, 0) != end) {
        long place = system_call6(SYS_MMAP, 0, (long)size, READ_WRITE,
                                  PRIVATE_ANONYMOUS, -1, 0);
        if (place < 0 && place > -CHUNK)
            return 0;
        block = (struct block *)place;
    }
    block->size = size;
    give_back(block);
    return 1;
}

void *malloc(size_t size)
{
    size_t need;

    if (size > PTRDIFF_MAX - 2 * CHUNK)
        return NULL;
    need = (size + UNIT + UNIT - 1) & -(size_t)UNIT;
    do {
        struct block **link = &free_list, *block;

        for (; (block = *link) != NULL; link = &block->next) {
            if (block->size < need)
                continue;
            if (block->size - need < 2 * UNIT) {
                *link = block->next;
            } else {
                struct block *rest = (struct block *)((char *)block + need);

                rest->size = block->size - need;
                rest->next = block->next;
                *link = rest;
                block->size = need;
            }
            return block + 1;
        }
    } while (grow((need + CHUNK - 1) & -(size_t)CHUNK));
    return NULL;
}

void free(void *memory)
{
    if (memory != NULL)
        give_back((struct block *)memory - 1);
}
