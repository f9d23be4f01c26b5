#include "runtime.h"
#include "syscall.h"

enum { INTERRUPTED = -4 };

static char input[512];
static const char *taken, *filled;

static PROCEDURE int refill(void)
{
    long count;

    print_flush();
    do
        count = system_call(SYS_READ, 0, (long)input, sizeof input);
    while (count == INTERRUPTED);
    taken = input;
    filled = input + (count > 0 ? count : 0);
    return count > 0;
}

int read_line(char *line, int size)
{
    const char *from = taken, *end = filled;
    int length = 0;

    for (;;) {
        char c;

        if (from == end) {
            int more = refill();

            from = taken;
            end = filled;
            if (!more) {
                if (length == 0)
                    return -1;
                break;
            }
        }
        c = *from++;
        if (c == '\n')
            break;
        if (length < size - 1)
            line[length] = c;
        length++;
    }
    taken = from;
    line[length < size ? length : size - 1] = '\0';
    return length;
}
