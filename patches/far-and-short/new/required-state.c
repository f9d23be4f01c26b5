#include "box.h"

int box_is_empty(void);

/* Called by the updater: what is in the box was put there by the old version. */
PROCEDURE int box_is_empty(void)
{
    return box == 0 ? 0 : 1;
}
