/* signal and raise, as standard C has them. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t caught, last;

static void once(int number)
{
    caught++;
    last = number;
}

static void again(int number)
{
    signal(number, again);
    caught++;
    last = number;
}

int main(void)
{
    printf("default before: %d\n", signal(SIGINT, once) == SIG_DFL);
    printf("raise %d\n", raise(SIGINT));
    printf("caught %d, the same %d\n", caught, last == SIGINT);
    signal(SIGTERM, again);
    for (int i = 0; i < 5; i++)
        raise(SIGTERM);
    printf("caught %d, the same %d\n", caught, last == SIGTERM);
    printf("was ours: %d\n", signal(SIGTERM, SIG_IGN) == again);
    raise(SIGTERM);
    printf("caught %d\n", caught);
    printf("was ignored: %d\n", signal(SIGTERM, SIG_DFL) == SIG_IGN);
    printf("no such signal: %d\n", signal(12345, once) == SIG_ERR);
    signal(SIGABRT, once);
    fflush(stdout);
    /* abort ends the program although the handler returns. */
    abort();
}
