/* A service whose main loop never returns. */
#include "forever.h"

PROCEDURE void next_line(char *line)
{
    if (read_line(line, LONGEST) < 0)
        exit(0);
}

int main(void)
{
    print("serving\n");
    serve_forever();
    return 0;
}
