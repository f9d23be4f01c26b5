#include "tricks.h"

/* The thread whose turn it is does nothing that must not be disturbed. */
PROCEDURE int is_idle(void)
{
    return own()->busy;
}
