#include "tricks.h"

PROCEDURE void pause_a_while(void)
{
    volatile int i;

    for (i = 0; i < 4; i++)
        ;
}

PROCEDURE void dig(void)
{
    volatile char room[64];

    room[0] = 0;
    pause_a_while();
    room[1] = room[0];
}
