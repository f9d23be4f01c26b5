/* Never ends by itself, in the way of the argument. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int always = 1;
static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void again(int number) { raise(number); }

static void faults(int number)
{
    (void)number;
    *(volatile int *)(long)(always * 24) = 1;
}

/* The instruction that faulted is executed again, and faults again. */
static void returns(int number) { (void)number; }

static void *crosswise(void *unused)
{
    pthread_mutex_lock(&second);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&first);
    return unused;
}

static void *spins(void *unused)
{
    while (always)
        ;
    return unused;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    struct sigaction action = { .sa_flags = 0 };
    pthread_t thread;

    if (!strcmp(way, "loop"))
        while (always)
            ;
    if (!strcmp(way, "output"))
        while (always)
            puts("and on and on and on and on and on and on and on and on");
    if (!strcmp(way, "errors"))
        while (always)
            fputs("and on\n", stderr);
    if (!strcmp(way, "pause"))
        while (always)
            pause();
    if (!strcmp(way, "sleep"))
        while (always)
            sleep(1000000);
    if (!strcmp(way, "deadlock")) {
        pthread_mutex_lock(&first);
        pthread_mutex_lock(&first);
    }
    if (!strcmp(way, "crosswise")) {
        pthread_barrier_init(&both, NULL, 2);
        pthread_create(&thread, NULL, crosswise, NULL);
        pthread_mutex_lock(&first);
        pthread_barrier_wait(&both);
        pthread_mutex_lock(&second);
    }
    if (!strcmp(way, "join-spinner")) {
        pthread_create(&thread, NULL, spins, NULL);
        pthread_join(thread, NULL);
    }
    if (!strcmp(way, "pipe")) {
        int ends[2];
        char c;

        if (pipe(ends) == 0)
            return (int)read(ends[0], &c, 1);
    }
    if (!strcmp(way, "signals")) {
        action.sa_handler = again;
        action.sa_flags = SA_NODEFER;
        sigaction(SIGUSR1, &action, NULL);
        raise(SIGUSR1);
    }
    if (!strcmp(way, "fault-in-handler")) {
        action.sa_handler = faults;
        sigaction(SIGSEGV, &action, NULL);
        faults(0);
    }
    if (!strcmp(way, "fault-in-handler-again")) {
        action.sa_handler = faults;
        action.sa_flags = SA_NODEFER;
        sigaction(SIGSEGV, &action, NULL);
        faults(0);
    }
    if (!strcmp(way, "fault-for-ever")) {
        action.sa_handler = returns;
        sigaction(SIGSEGV, &action, NULL);
        faults(0);
    }
    if (!strcmp(way, "timer")) {
        struct itimerval timer = { { 0, 1 }, { 0, 1 } };

        action.sa_handler = returns;
        sigaction(SIGALRM, &action, NULL);
        setitimer(ITIMER_REAL, &timer, NULL);
        while (always)
            ;
    }
    return 2;
}
