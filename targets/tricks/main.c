/* What an update may meet while it waits: a trick for each letter on standard input. */
#include "tricks.h"

static void play(char letter, unsigned argument)
{
    switch (letter) {
    case 'e': escape(); break;
    case 'p': probe(argument); break;
    case 'm': protect(argument); break;
    case 'c': resume(); break;
    case 'a': borrow(); break;
    case 't': share(); break;
    case 'w': recall(); break;
    case 'k': die(); break;
    }
}

int main(void)
{
    static struct own mine;
    char line[16];

    begin_own(&mine);
    while (read_line(line, sizeof line) > 0) {
        unsigned argument = 0;

        parse_digits(line + 1, &argument);
        play(line[0], argument);
        print("%c %u\n", line[0], weigh(7));
        print_flush();
    }
    return 0;
}
