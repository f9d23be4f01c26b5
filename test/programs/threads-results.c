/* Joining, detaching, exiting, cancelling, attributes. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static sem_t ready, finished;
static int cleaned[4];

static void *returns(void *value) { return (char *)value + 1; }

static void deeper(void *value) { pthread_exit((char *)value + 2); }

static void *exits(void *value)
{
    deeper(value);
    return NULL;
}

static void *is_detached(void *unused)
{
    (void)unused;
    sem_post(&finished);
    return NULL;
}

static void clean(void *which) { cleaned[(long)which]++; }

static void *waits_for_ever(void *unused)
{
    (void)unused;
    pthread_cleanup_push(clean, (void *)0);
    pthread_cleanup_push(clean, (void *)1);
    sem_post(&ready);
    for (;;)
        pause();
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(1);
    return NULL;
}

static void *refuses(void *unused)
{
    int old;

    (void)unused;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    pthread_cleanup_push(clean, (void *)2);
    sem_post(&ready);
    for (int i = 0; i < 20; i++)
        usleep(100);
    pthread_cleanup_pop(0);
    pthread_setcancelstate(old, NULL);
    pthread_testcancel();
    cleaned[3]++;
    return NULL;
}

static void *measures(void *unused)
{
    pthread_attr_t attributes;
    size_t size;
    void *low;
    char here;

    (void)unused;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &low, &size);
    printf("stack of at least 256 KiB %d, we are in it %d\n", size >= 256 * 1024,
           (uintptr_t)&here >= (uintptr_t)low &&
               (uintptr_t)&here < (uintptr_t)low + size);
    pthread_attr_destroy(&attributes);
    return NULL;
}

static void *uses_stack(void *amount)
{
    volatile char frame[100 * 1024];
    long sum = 0;

    for (unsigned i = 0; i < sizeof frame; i += 64)
        frame[i] = (char)i;
    for (unsigned i = 0; i < sizeof frame; i += 64)
        sum += frame[i];
    return (char *)amount + (sum != 0);
}

int main(void)
{
    pthread_t thread, self = pthread_self();
    pthread_attr_t attributes;
    void *result;
    static char given[200 * 1024] __attribute__((aligned(4096)));

    sem_init(&ready, 0, 0);
    sem_init(&finished, 0, 0);
    pthread_create(&thread, NULL, returns, (void *)40);
    pthread_join(thread, &result);
    printf("returned %ld\n", (long)result);
    pthread_create(&thread, NULL, exits, (void *)40);
    pthread_join(thread, &result);
    printf("exited with %ld\n", (long)result);
    printf("join itself: %s\n", strerror(pthread_join(self, NULL)));
    printf("equal %d\n", pthread_equal(self, pthread_self()) != 0);

    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 5; i++)
        pthread_create(&thread, &attributes, is_detached, NULL);
    pthread_create(&thread, NULL, is_detached, NULL);
    pthread_detach(thread);
    for (int i = 0; i < 6; i++)
        sem_wait(&finished);
    printf("six detached threads ended\n");
    pthread_attr_destroy(&attributes);

    pthread_create(&thread, NULL, waits_for_ever, NULL);
    sem_wait(&ready);
    printf("cancel %d\n", pthread_cancel(thread));
    pthread_join(thread, &result);
    printf("cancelled %d, cleaned %d %d\n", result == PTHREAD_CANCELED, cleaned[0],
           cleaned[1]);
    pthread_create(&thread, NULL, refuses, NULL);
    sem_wait(&ready);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled later %d, cleaned %d, not reached %d\n",
           result == PTHREAD_CANCELED, cleaned[2], cleaned[3]);

    pthread_attr_init(&attributes);
    printf("stack size too small: %s\n",
           strerror(pthread_attr_setstacksize(&attributes, 100)));
    pthread_attr_setstacksize(&attributes, 256 * 1024);
    pthread_create(&thread, &attributes, measures, NULL);
    pthread_join(thread, NULL);
    pthread_create(&thread, &attributes, uses_stack, (void *)10);
    pthread_join(thread, &result);
    printf("used %d\n", (long)result - 10 >= 0);
    pthread_attr_setstack(&attributes, given, sizeof given);
    pthread_create(&thread, &attributes, uses_stack, (void *)20);
    pthread_join(thread, &result);
    printf("on a given stack %d\n", (long)result - 20 >= 0);
    sched_yield();
    return 0;
}
