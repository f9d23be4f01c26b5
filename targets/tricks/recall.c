/* A word that leads into a procedure comes and goes in memory without a call or a return, whole or byte by byte. */
#include "tricks.h"

static volatile unsigned long hidden, word;

PROCEDURE static void note(void)
{
    hidden = ~(unsigned long)__builtin_return_address(0);
}

void recall(void)
{
    volatile unsigned char *bytes = (volatile unsigned char *)&word;
    unsigned long value;
    unsigned i;

    carry(note);
    value = ~hidden;
    word = value;
    pause_a_while();
    word = 0;
    pause_a_while();
    for (i = 0; i < sizeof word; i++)
        bytes[i] = ((unsigned char *)&value)[i];
    pause_a_while();
    word = 0;
}
