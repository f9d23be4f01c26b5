#include "syscall.h"
#include "unruly.h"

enum {
#ifdef __sparc__
    SYS_MUNMAP = 73,
#else
    SYS_MUNMAP = 215,
#endif
    ONLY_THERE = 0x100000, /* MAP_FIXED_NOREPLACE */
    PRIVATE_AND_ANONYMOUS = 0x22,
    WANTED = 0x100000,
    MUCH = 0x1000000,
};

/* It wants a certain place, and takes longer when somebody else is there. */
PROCEDURE unsigned claim(void)
{
    long place = system_call6(SYS_MMAP, WANTED, MUCH, 0,
                              ONLY_THERE | PRIVATE_AND_ANONYMOUS, -1, 0);
    volatile unsigned steps;

    if (place != WANTED)
        for (steps = 0; steps < 40; steps++)
            ;
    else
        system_call(SYS_MUNMAP, place, MUCH, 0);
    return 1;
}
