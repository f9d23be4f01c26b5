#include "selfpatch.h"

/* Ten and more are cheaper. */
PROCEDURE unsigned price(unsigned number)
{
    unsigned each = number >= 10 ? 6 : 7;

    return number < 100 ? number * each : 100 * each + (number - 100) * (each - 1);
}
