/* mmap, mprotect, munmap, mremap and sbrk as a program sees them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "outcome.h"

static size_t page;

static sigjmp_buf back;

static void caught(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

static __attribute__((noipa)) char read_from(volatile char *p) { return *p; }
static __attribute__((noipa)) void write_to(volatile char *p, char c) { *p = c; }

/* Whether reading or writing works. */
static const char *access_to(volatile char *p)
{
    static const char *const words[] = { "none", "read", "write" };
    volatile int reached = 0;
    char kept;

    if (sigsetjmp(back, 1) == 0) {
        kept = read_from(p);
        reached = 1;
        write_to(p, kept);
        reached = 2;
    }
    return words[reached];
}

static char *map(void *at, size_t pages, int protection, int flags)
{
    return mmap(at, pages * page, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags,
                -1, 0);
}

static void anonymous(void)
{
    char *a = map(NULL, 8, PROT_READ | PROT_WRITE, 0), *b;
    int sum = 0;

    for (size_t i = 0; i < 8 * page; i++)
        sum += a[i];
    printf("aligned %d, zero %d\n", (uintptr_t)a % page == 0, sum == 0);
    memset(a, 'a', 8 * page);

    munmap(a + 2 * page, 2 * page);
    printf("hole: %s %s %s %s\n", access_to(a + page), access_to(a + 2 * page),
           access_to(a + 3 * page), access_to(a + 4 * page));
    b = map(a + 2 * page, 1, PROT_READ | PROT_WRITE, MAP_FIXED);
    printf("filled at the place asked for %d, fresh %d\n", b == a + 2 * page,
           b[0] == 0);

    mprotect(a + 4 * page, 2 * page, PROT_READ);
    mprotect(a + 5 * page, page, PROT_NONE);
    printf("protected: %s %s %s\n", access_to(a + 4 * page),
           access_to(a + 5 * page), access_to(a + 6 * page));
    mprotect(a + 5 * page, page, PROT_READ | PROT_WRITE);
    printf("kept what was there: %c\n", a[5 * page]);
    printf("protect a hole: %s\n",
           outcome(mprotect(a + 2 * page, 3 * page, PROT_READ)));
    printf("unmap a hole: %d\n", munmap(a + 3 * page, page));
    printf("unmap the rest: %d\n", munmap(a, 8 * page));
    printf("gone: %s\n", access_to(a));
}

static void remap(void)
{
    char *a = map(NULL, 4, PROT_READ | PROT_WRITE, 0), *b;

    for (size_t i = 0; i < 4 * page; i++)
        a[i] = (char)(i / 17);
    b = mremap(a, 4 * page, 64 * page, MREMAP_MAYMOVE);
    printf("grown %d, same bytes %d, zero after %d, writable %s\n",
           b != MAP_FAILED, b[3 * page] == (char)(3 * page / 17),
           b[4 * page] == 0, access_to(b + 63 * page));
    a = mremap(b, 64 * page, 2 * page, 0);
    printf("shrunk in place %d, rest %s\n", a == b, access_to(b + 2 * page));
    munmap(a, 2 * page);
}

static void say(const char *what, const char *mapped)
{
    printf("%s: %s\n", what, outcome(mapped == MAP_FAILED ? -1 : 0));
}

static void refused(void)
{
    say("length zero", map(NULL, 0, PROT_READ, 0));
    say("crooked place", map((void *)0x10010001, 1, PROT_READ, MAP_FIXED));
    say("bad descriptor", mmap(NULL, page, PROT_READ, MAP_PRIVATE, 99, 0));
    say("neither shared nor private",
        mmap(NULL, page, PROT_READ, MAP_ANONYMOUS, -1, 0));
    printf("crooked munmap: %s\n", outcome(munmap((void *)0x10010001, page)));
}

static void program_break(void)
{
    char *start = sbrk(0), *old = sbrk(3 * (long)page);

    printf("sbrk gives the old end %d\n", old == start);
    printf("zero %d, usable %s\n", old[100] == 0, access_to(old + 2 * page));
    memset(old, 'x', 3 * page);
    printf("given back %d\n", sbrk(-3 * (long)page) == old + 3 * page);
    old = sbrk((long)page);
    printf("same place %d, zero again %d\n", old == start, old[page - 1] == 0);
    printf("brk %d, now %d\n", brk(start), sbrk(0) == (void *)start);
}

int main(void)
{
    struct sigaction action = { .sa_handler = caught };

    page = (size_t)sysconf(_SC_PAGESIZE);
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    anonymous();
    remap();
    refused();
    program_break();
    return 0;
}
