/* Exit statuses and what runs at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int registered;

static void say(void) { printf("handler %d\n", registered--); }

static void exits_again(void)
{
    printf("a handler that registers another\n");
    registered = 1;
    atexit(say);
}

int main(int argc, char **argv)
{
    int status = argc > 1 ? atoi(argv[1]) : 0;

    for (registered = 0; registered < 5; registered++)
        atexit(say);
    atexit(exits_again);
    printf("%s with %d\n", argc > 2 ? argv[2] : "return", status);
    if (argc > 2 && !strcmp(argv[2], "_Exit")) {
        fflush(stdout);
        _Exit(status);
    }
    if (argc > 2 && !strcmp(argv[2], "exit"))
        exit(status);
    return status;
}
