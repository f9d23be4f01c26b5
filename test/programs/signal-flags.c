/* SA_RESETHAND, SA_NODEFER, masks in handlers, signals inside signals. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int depth;

static void install(int number, void (*handler)(int), int flags, int masked)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

    sigemptyset(&action.sa_mask);
    if (masked != 0)
        sigaddset(&action.sa_mask, masked);
    sigaction(number, &action, NULL);
}

static void nested(int number)
{
    int here = ++depth;

    printf("%*senter %d\n", here * 2, "", here);
    if (here < 4)
        raise(number);
    printf("%*sleave %d\n", here * 2, "", here);
}

static void once(int number)
{
    struct sigaction now;

    sigaction(number, NULL, &now);
    printf("once: back to the default: %d\n", now.sa_handler == SIG_DFL);
}

static void second(int number)
{
    printf("  second (%s)\n", strsignal(number));
}

static void first(int number)
{
    (void)number;
    printf("first begins\n");
    raise(SIGUSR2);
    printf("first ends\n");
}

static void show_mask(int number)
{
    sigset_t mask;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("in handler: itself %d, usr2 %d, term %d\n", sigismember(&mask, number),
           sigismember(&mask, SIGUSR2), sigismember(&mask, SIGTERM));
}

static void unmask_itself(int number)
{
    sigset_t set;

    printf("level %d\n", ++depth);
    sigemptyset(&set);
    sigaddset(&set, number);
    if (depth < 3) {
        raise(number);
        printf("still level %d\n", depth);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        printf("now level %d\n", depth);
    }
}

int main(void)
{
    sigset_t mask;

    printf("-- nodefer\n");
    install(SIGUSR1, nested, SA_NODEFER, 0);
    raise(SIGUSR1);

    printf("-- deferred: the same handlers one after the other\n");
    depth = 0;
    install(SIGUSR1, nested, 0, 0);
    raise(SIGUSR1);

    printf("-- resethand\n");
    install(SIGUSR1, once, SA_RESETHAND, 0);
    raise(SIGUSR1);

    printf("-- another signal interrupts\n");
    install(SIGUSR1, first, 0, 0);
    install(SIGUSR2, second, 0, 0);
    raise(SIGUSR1);
    printf("-- unless masked\n");
    install(SIGUSR1, first, 0, SIGUSR2);
    raise(SIGUSR1);

    printf("-- masks\n");
    install(SIGUSR1, show_mask, 0, SIGTERM);
    raise(SIGUSR1);
    install(SIGUSR1, show_mask, SA_NODEFER, SIGUSR2);
    raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("outside: %d %d\n", sigismember(&mask, SIGUSR1),
           sigismember(&mask, SIGTERM));

    printf("-- unmasked inside\n");
    depth = 0;
    install(SIGUSR1, unmask_itself, 0, 0);
    raise(SIGUSR1);
    return 0;
}
