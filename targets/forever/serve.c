#include "forever.h"

PROCEDURE void serve(const char *line)
{
    print("%s has %u letters\n", line, (unsigned)strlen(line));
}
