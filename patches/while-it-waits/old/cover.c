#include "unruly.h"

PROCEDURE __attribute__((noreturn)) void stop(unsigned number)
{
    volatile unsigned steps;

    for (steps = 0; steps < 10; steps++)
        number++;
    long_jump(&surface, (int)number);
}

/* Calls stop, and forgets where it was called from. */
void lose(unsigned number);

#ifdef __riscv
__asm__(".section .text.lose, \"ax\", @progbits\n"
        ".globl lose\n"
        ".type lose, @function\n"
        "lose:\n"
        ".cfi_startproc\n"
        "addi a0, a0, 1\n"
        "jal stop\n"
        ".cfi_endproc\n"
        ".size lose, . - lose\n"
        ".previous\n");
#else
PROCEDURE void lose(unsigned number)
{
    stop(number + 1);
}
#endif

/* Lies over what others left on the stack. */
PROCEDURE unsigned cover(unsigned number)
{
    volatile char room[1200];

    room[0] = 1;
    lose(number);
    return (unsigned)room[0];
}
