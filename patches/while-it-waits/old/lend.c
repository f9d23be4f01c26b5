#include "syscall.h"
#include "unruly.h"

enum { PAGE = 4096, EVERYTHING = 7 };

void open_page(const void *constant)
{
    system_call(SYS_MPROTECT, (long)constant & -PAGE, PAGE, EVERYTHING);
}

/* Writes where only constants are, and puts back what was there. */
PROCEDURE unsigned lend(unsigned number)
{
    static unsigned opened;
    volatile unsigned *rate = (volatile unsigned *)&rates[number & 3];
    unsigned before = *rate;
    volatile unsigned steps;

    if (opened == 0)
        open_page(rates);
    opened = 1;
    *rate = 1000;
    for (steps = 0; steps < 10; steps++)
        ;
    *rate = before;
    return before;
}
