#include "times.h"

/* 0 when no task of the batch has begun, or all have ended: both times will be
   seen, or neither. */
PROCEDURE int batch_whole(void)
{
    return planned != 0 && tasks[0].state != IDLE &&
           tasks[planned - 1].state != DONE;
}
