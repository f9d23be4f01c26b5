#include "tricks.h"

PROCEDURE void carry(void (*act)(void))
{
    act();
    pause_a_while();
}
