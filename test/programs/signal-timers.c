/* Timers: alarm with pause, setitimer, a loop that waits to be interrupted,
   system calls that are interrupted or restarted. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ticks;

static void tick(int number)
{
    (void)number;
    ticks++;
}

static int ends[2];

static void install(void (*handler)(int), int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
}

static void write_to_pipe(int number)
{
    (void)number;
    if (write(ends[1], "x", 1) != 1)
        _exit(9);
}

static void in_milliseconds(int first, int then)
{
    struct itimerval timer = { { 0, then * 1000 }, { 0, first * 1000 } };

    setitimer(ITIMER_REAL, &timer, NULL);
}

int main(void)
{
    struct timespec rest, minute = { 60, 0 };
    struct itimerval left;
    sigset_t set, old;
    char c = '?';
    int got;

    install(tick, 0);
    /* Again and again: a single one might come before the call it is to
       interrupt. */
    in_milliseconds(5, 5);
    got = pause();
    printf("pause: %d %s, ticked %d\n", got, strerror(errno), ticks > 0);

    in_milliseconds(2, 2);
    ticks = 0;
    while (ticks < 6)
        ;
    in_milliseconds(0, 0);
    getitimer(ITIMER_REAL, &left);
    printf("a busy loop saw at least six: %d, stopped: %d\n", ticks >= 6,
           left.it_value.tv_sec == 0 && left.it_value.tv_usec == 0);

    printf("no alarm before: %u\n", alarm(100));
    printf("alarm had between 99 and 100 left: %d\n", alarm(0) >= 99);

    in_milliseconds(5, 5);
    got = nanosleep(&minute, &rest);
    printf("nanosleep: %d %s, between 59 and 60 left: %d\n", got,
           strerror(errno), rest.tv_sec == 59);

    if (pipe(ends) != 0)
        return 1;
    got = (int)read(ends[0], &c, 1);
    printf("read without restart: %d %s\n", got, strerror(errno));

    install(write_to_pipe, SA_RESTART);
    got = (int)read(ends[0], &c, 1);
    in_milliseconds(0, 0);
    printf("read with restart: %d %c\n", got, c);

    install(tick, 0);
    ticks = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    sigprocmask(SIG_BLOCK, &set, &old);
    alarm(1);
    sigsuspend(&old);
    printf("alarm: %d\n", ticks);
    return 0;
}
