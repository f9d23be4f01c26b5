/* Out of a handler with siglongjmp, into the very procedure that was
   interrupted: its registers must be the ones at sigsetjmp. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static _Thread_local sigjmp_buf back;
static _Thread_local int faults;
static volatile int *volatile nowhere = (int *)16;

static void fault(int number)
{
    (void)number;
    faults++;
    siglongjmp(back, faults);
}

static void with_information(int number, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    fault(number);
}

static void *attempts(void *result)
{
    int a = 1, b = 2;
    volatile int sum = 0;

    for (volatile int i = 0; i < 20; i++) {
        int got = sigsetjmp(back, 1);

        if (got == 0)
            *nowhere = 1;
        else
            sum = sum + got * (a + b * 10);
    }
    *(int *)result = sum;
    return NULL;
}

static void *signalled(void *result)
{
    for (volatile int i = 0; i < 20; i++)
        if (sigsetjmp(back, 1) == 0)
            kill(getpid(), SIGUSR1);
    *(int *)result = faults;
    return NULL;
}

static void install(int number, int flags)
{
    struct sigaction action = { .sa_flags = flags };

    if (flags & SA_SIGINFO)
        action.sa_sigaction = with_information;
    else
        action.sa_handler = fault;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

int main(void)
{
    int results[4] = { 0 };
    pthread_t threads[4];

    install(SIGSEGV, 0);
    install(SIGUSR1, 0);
    attempts(&results[0]);
    printf("%d of %d\n", results[0], faults);
    signalled(&results[0]);
    printf("%d\n", results[0]);
    install(SIGSEGV, SA_SIGINFO);
    install(SIGUSR1, SA_SIGINFO);
    attempts(&results[0]);
    signalled(&results[1]);
    printf("%d %d\n", results[0], results[1]);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, attempts, &results[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("%d %d %d %d\n", results[0], results[1], results[2], results[3]);
    return 0;
}
