#include "tricks.h"

PROCEDURE void carry(void (*act)(void))
{
    pause_a_while();
    act();
    dig();
    pause_a_while();
}
