/* The ways to end, chosen by the argument. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void first(void) { printf("registered first\n"); }
static void second(void) { printf("registered second\n"); }
static void quick(void) { write(1, "quick\n", 6); }

static __attribute__((destructor)) void destructor(void)
{
    printf("destructor\n");
}

static void *exits(void *unused)
{
    (void)unused;
    exit(21);
}

static void *leaves_group(void *unused)
{
    (void)unused;
    _exit(22);
}

static void *kills(void *unused)
{
    (void)unused;
    abort();
}

static void *sleeps(void *unused)
{
    (void)unused;
    for (;;)
        pause();
    return NULL;
}

static void *last(void *unused)
{
    (void)unused;
    usleep(2000);
    printf("the last thread\n");
    return NULL;
}

static void start(void *(*routine)(void *))
{
    pthread_t thread;

    fflush(stdout);
    pthread_create(&thread, NULL, routine, NULL);
    pthread_join(thread, NULL);
}

static void ignore_then_raise(int number)
{
    signal(number, SIG_IGN);
    raise(number);
    printf("ignored\n");
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
    printf("survived\n");
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    volatile int *volatile nowhere = (int *)8;
    pthread_t thread;

    atexit(first);
    atexit(second);
    at_quick_exit(quick);
    printf("%s\n", way);
    if (!strcmp(way, "return"))
        return 7;
    if (!strcmp(way, "exit"))
        exit(300);
    if (!strcmp(way, "_exit"))
        _exit(3);
    if (!strcmp(way, "flushed-_exit")) {
        fflush(stdout);
        _exit(4);
    }
    if (!strcmp(way, "quick_exit"))
        quick_exit(5);
    if (!strcmp(way, "exit-from-thread"))
        start(exits);
    if (!strcmp(way, "exit-group-from-thread"))
        start(leaves_group);
    if (!strcmp(way, "abort-from-thread"))
        start(kills);
    if (!strcmp(way, "return-while-threads-run")) {
        pthread_create(&thread, NULL, sleeps, NULL);
        pthread_create(&thread, NULL, sleeps, NULL);
        return 8;
    }
    if (!strcmp(way, "main-thread-ends-first")) {
        pthread_create(&thread, NULL, last, NULL);
        pthread_exit(NULL);
    }
    fflush(stdout);
    if (!strcmp(way, "abort"))
        abort();
    if (!strcmp(way, "sigterm"))
        kill(getpid(), SIGTERM);
    if (!strcmp(way, "sigkill"))
        raise(SIGKILL);
    if (!strcmp(way, "sigusr1"))
        ignore_then_raise(SIGUSR1);
    if (!strcmp(way, "sighup"))
        ignore_then_raise(SIGHUP);
    if (!strcmp(way, "sigalrm")) {
        alarm(1);
        pause();
    }
    if (!strcmp(way, "sigchld"))
        raise(SIGCHLD);
    if (!strcmp(way, "sigrtmin"))
        raise(SIGRTMIN);
    if (!strcmp(way, "sigpipe")) {
        int ends[2];

        if (pipe(ends) != 0)
            return 1;
        close(ends[0]);
        write(ends[1], "x", 1);
    }
    if (!strcmp(way, "sigsegv-blocked")) {
        sigset_t all;

        sigfillset(&all);
        sigprocmask(SIG_SETMASK, &all, NULL);
        *nowhere = 1;
    }
    printf("still here\n");
    return 1;
}
