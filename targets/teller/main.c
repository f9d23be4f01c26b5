#include "teller.h"

static unsigned lines;

int main(void)
{
    char line[64];
    int length;

    open_accounts();
    print("ready\n");
    while ((length = read_line(line, sizeof line)) >= 0) {
        lines++;
        if (length >= (int)sizeof line)
            print("line too long\n");
        else if (!run_command(line))
            break;
    }
    print("lines: %u\n", lines);
    return 0;
}
