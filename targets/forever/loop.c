#include "forever.h"

PROCEDURE void serve_forever(void)
{
    char line[LONGEST];
    unsigned served = 0;

    for (;;) {
        next_line(line);
        serve(line);
        if (++served % 4 == 0)
            print("%u served\n", served);
    }
}
