/* What a call answered, in words: the number, or why it failed. */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

static inline const char *outcome(long result)
{
    static char text[100];

    if (result < 0)
        snprintf(text, sizeof text, "%ld, %s", result, strerror(errno));
    else
        snprintf(text, sizeof text, "%ld", result);
    return text;
}

#endif
