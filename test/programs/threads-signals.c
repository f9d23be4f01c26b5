/* Signals and threads: each has its mask, pthread_kill chooses one, and a
   thread that waits for signals serves the process. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sem_t ready, handled;
static pthread_t expected;
static volatile int right_thread, count;
static volatile int stop;

static void handler(int number)
{
    (void)number;
    right_thread += pthread_equal(pthread_self(), expected) != 0;
    count++;
    sem_post(&handled);
}

static void *idle(void *unused)
{
    (void)unused;
    sem_post(&ready);
    /* Not pause: the signal might come between the look and the wait. */
    while (!stop)
        usleep(2000);
    return NULL;
}

static void *busy(void *unused)
{
    volatile unsigned long spins = 0;

    (void)unused;
    sem_post(&ready);
    while (!stop)
        spins++;
    return NULL;
}

static void *masks(void *result)
{
    sigset_t mask;

    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    *(int *)result = sigismember(&mask, SIGUSR2) * 10 + sigismember(&mask, SIGUSR1);
    sigfillset(&mask);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return NULL;
}

static void *serves(void *set)
{
    int number, served = 0;

    do {
        sigwait(set, &number);
        printf("served %s\n", strsignal(number));
        served++;
        sem_post(&handled);
    } while (number != SIGTERM);
    return (void *)(long)served;
}

static _Thread_local sigjmp_buf back;
static _Thread_local int faults;
static volatile int *volatile nowhere = (int *)16;

static void fault(int number)
{
    (void)number;
    faults++;
    siglongjmp(back, 1);
}

/* A procedure of its own: qemu-sparc loses the registers of the one that is
   interrupted, and signal-jumps.c is about those. */
static __attribute__((noipa)) void fault_here(void)
{
    *nowhere = 1;
}

static void *faulting(void *result)
{
    for (volatile int i = 0; i < 20; i++)
        if (sigsetjmp(back, 1) == 0)
            fault_here();
    *(int *)result = faults;
    return NULL;
}

static void wait_handled(void)
{
    while (sem_wait(&handled) != 0 && errno == EINTR)
        ;
}

int main(void)
{
    struct sigaction action = { .sa_handler = handler };
    pthread_t threads[4];
    int results[4] = { 0 }, mask_seen = -1;
    sigset_t set, old;
    void *served;

    sem_init(&ready, 0, 0);
    sem_init(&handled, 0, 0);
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);

    pthread_create(&threads[0], NULL, idle, NULL);
    pthread_create(&threads[1], NULL, busy, NULL);
    sem_wait(&ready);
    sem_wait(&ready);
    for (int i = 0; i < 10; i++) {
        expected = threads[i % 2];
        pthread_kill(expected, SIGUSR1);
        wait_handled();
    }
    expected = pthread_self();
    pthread_kill(expected, SIGUSR1);
    wait_handled();
    printf("handled %d, in the right thread %d\n", count, right_thread);
    stop = 1;
    pthread_kill(threads[0], SIGUSR1);
    wait_handled();
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    pthread_create(&threads[0], NULL, masks, &mask_seen);
    pthread_join(threads[0], NULL);
    pthread_sigmask(SIG_BLOCK, NULL, &old);
    printf("inherited mask %02d, ours unchanged %d\n", mask_seen,
           sigismember(&old, SIGUSR1) == 0);

    pthread_create(&threads[0], NULL, serves, &set);
    kill(getpid(), SIGUSR2);
    wait_handled();
    kill(getpid(), SIGUSR2);
    wait_handled();
    kill(getpid(), SIGTERM);
    pthread_join(threads[0], &served);
    printf("served %ld\n", (long)served);

    action.sa_handler = fault;
    sigaction(SIGSEGV, &action, NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, faulting, &results[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("faults %d %d %d %d\n", results[0], results[1], results[2], results[3]);
    return 0;
}
