/* Threads, signals and time, one theme for each letter on standard input. */
#include "concert.h"

static void play(char letter)
{
    static const struct theme *const programme[] = { players, handlers, times, limits };
    unsigned i;

    for (i = 0; i < sizeof programme / sizeof *programme; i++) {
        const struct theme *theme = programme[i];

        for (; theme->letter != '\0'; theme++) {
            if (theme->letter == letter) {
                theme->play();
                return;
            }
        }
    }
    print("no theme %c\n", letter);
}

int main(void)
{
    char line[16];

    while (read_line(line, sizeof line) > 0)
        play(line[0]);
    return 0;
}
