/* What a handler is told: who sent the signal, how, and with which value. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *origin(int code)
{
    switch (code) {
    case SI_USER:
        return "kill";
    case SI_QUEUE:
        return "sigqueue";
    case SI_TKILL:
        return "tgkill";
    case SI_TIMER:
        return "timer";
    default:
        return "something else";
    }
}

static void handler(int number, siginfo_t *info, void *context)
{
    printf("%s by %s, from %s, value %d, context %s\n", strsignal(number),
           origin(info->si_code),
           info->si_pid == getpid() && info->si_uid == getuid() ? "us" : "others",
           info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
           context ? "given" : "missing");
    if (info->si_signo != number)
        printf("si_signo is %d\n", info->si_signo);
}

static void plain(int number)
{
    printf("plain handler: %s\n", strsignal(number));
}

static void install(int number, int flags)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = flags };

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void previous(void)
{
    struct sigaction old, given = { .sa_handler = plain, .sa_flags = SA_RESTART };

    sigemptyset(&given.sa_mask);
    sigaddset(&given.sa_mask, SIGHUP);
    sigaction(SIGWINCH, NULL, &old);
    printf("default: %d\n", old.sa_handler == SIG_DFL);
    sigaction(SIGWINCH, &given, &old);
    sigaction(SIGWINCH, NULL, &old);
    printf("ours: %d, restart: %d, masks hup: %d, masks int: %d\n",
           old.sa_handler == plain, (old.sa_flags & SA_RESTART) != 0,
           sigismember(&old.sa_mask, SIGHUP), sigismember(&old.sa_mask, SIGINT));
    printf("signal() answers the old one: %d\n",
           signal(SIGWINCH, SIG_IGN) == plain);
    raise(SIGWINCH);
    printf("ignored\n");
    printf("SIGKILL can be caught: %d\n", sigaction(SIGKILL, &given, NULL) == 0);
    printf("signal 0 can be sent: %d\n", kill(getpid(), 0) == 0);
    printf("signal 999 can be sent: %d\n", kill(getpid(), 999) == 0);
}

int main(void)
{
    union sigval value = { .sival_int = 77 };

    install(SIGUSR1, SA_SIGINFO);
    install(SIGUSR2, SA_SIGINFO);
    install(SIGRTMIN, SA_SIGINFO);
    printf("raise\n");
    raise(SIGUSR1);
    printf("kill\n");
    kill(getpid(), SIGUSR2);
    printf("sigqueue\n");
    sigqueue(getpid(), SIGUSR1, value);
    printf("real-time\n");
    sigqueue(getpid(), SIGRTMIN, value);
    printf("own thread\n");
    pthread_kill(pthread_self(), SIGUSR2);
    signal(SIGUSR1, plain);
    raise(SIGUSR1);
    previous();
    return 0;
}
