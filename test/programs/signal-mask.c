/* Blocked signals: pending, coalesced or queued, delivered when unblocked,
   waited for with sigsuspend and sigwaitinfo. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t counts[65];
static int order[32], orders;

static void count(int number, siginfo_t *info, void *context)
{
    (void)context;
    counts[number]++;
    if (orders < 32)
        order[orders++] = number == SIGRTMIN || number == SIGRTMIN + 1
                              ? (number - SIGRTMIN) * 100 + info->si_value.sival_int
                              : -1;
}

static void show_pending(void)
{
    sigset_t pending;

    sigpending(&pending);
    printf("pending: usr1 %d, usr2 %d, rt %d\n", sigismember(&pending, SIGUSR1),
           sigismember(&pending, SIGUSR2), sigismember(&pending, SIGRTMIN));
}

static void show_blocked(void)
{
    sigset_t mask;

    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("blocked: usr1 %d, usr2 %d, rt %d\n", sigismember(&mask, SIGUSR1),
           sigismember(&mask, SIGUSR2), sigismember(&mask, SIGRTMIN));
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = count, .sa_flags = SA_SIGINFO };
    sigset_t both, old, only, waited;
    siginfo_t info;
    struct timespec soon = { 0, 1000000 };
    int got;

    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    sigaction(SIGRTMIN, &action, NULL);
    sigaction(SIGRTMIN + 1, &action, NULL);

    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    sigaddset(&both, SIGRTMIN);
    sigaddset(&both, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &both, &old);
    show_blocked();
    show_pending();

    /* An ordinary signal is pending once, a real-time signal each time. */
    for (int i = 0; i < 3; i++)
        kill(getpid(), SIGUSR1);
    for (int i = 0; i < 3; i++) {
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i });
        sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = i });
    }
    show_pending();
    printf("handled: %d %d %d\n", counts[SIGUSR1], counts[SIGUSR2],
           counts[SIGRTMIN]);
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("handled: %d %d %d %d\n", counts[SIGUSR1], counts[SIGUSR2],
           counts[SIGRTMIN], counts[SIGRTMIN + 1]);
    for (int i = 0; i < orders; i++)
        printf("%d ", order[i]);
    printf("\n");
    show_pending();
    show_blocked();

    /* sigsuspend lets one in and puts the mask back. */
    sigprocmask(SIG_BLOCK, &both, NULL);
    raise(SIGUSR2);
    only = both;
    sigdelset(&only, SIGUSR2);
    got = sigsuspend(&only);
    printf("sigsuspend %d, handled usr2: %d\n", got, counts[SIGUSR2]);
    show_blocked();

    /* sigwaitinfo takes it without a handler. */
    raise(SIGUSR1);
    sigemptyset(&waited);
    sigaddset(&waited, SIGUSR1);
    got = sigwaitinfo(&waited, &info);
    printf("waited for usr1: %d %d, handled: %d\n", got == SIGUSR1,
           info.si_signo == SIGUSR1, counts[SIGUSR1]);
    got = sigtimedwait(&waited, &info, &soon);
    printf("nothing more: %d\n", got);
    sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 5 });
    sigaddset(&waited, SIGRTMIN);
    got = sigwaitinfo(&waited, &info);
    printf("waited for rt: %d, value %d\n", got == SIGRTMIN,
           info.si_value.sival_int);
    show_pending();
    return 0;
}
