#include "forever.h"

PROCEDURE void serve(const char *line)
{
    unsigned letters = 0;

    for (; *line != '\0'; line++) {
        if (*line != ' ')
            letters++;
        print("%c", *line);
    }
    print(" has %u letters\n", letters);
}
