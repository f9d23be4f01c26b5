#include "session.h"

int main(void)
{
    char line[32];
    unsigned turn = 0;

    while (read_line(line, sizeof line) >= 0) {
        unsigned number = 0;

        parse_digits(line, &number);
        answer(number, turn++);
        print_flush();
    }
    return 0;
}
