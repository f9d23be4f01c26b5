/* Kinds of mutexes, reader-writer locks, and waiting with a limit. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static int table[16], torn;

static void *reader(void *unused)
{
    (void)unused;
    for (int i = 0; i < 300; i++) {
        int first;

        pthread_rwlock_rdlock(&table_lock);
        first = table[0];
        for (int k = 1; k < 16; k++)
            torn += table[k] != first;
        pthread_rwlock_unlock(&table_lock);
    }
    return NULL;
}

static void *writer(void *unused)
{
    (void)unused;
    for (int i = 0; i < 100; i++) {
        pthread_rwlock_wrlock(&table_lock);
        for (int k = 0; k < 16; k++)
            table[k]++;
        pthread_rwlock_unlock(&table_lock);
    }
    return NULL;
}

static void kinds(void)
{
    pthread_mutexattr_t kind;
    pthread_mutex_t mutex;

    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex, &kind);
    printf("recursive: %d", pthread_mutex_lock(&mutex));
    printf(" %d\n", pthread_mutex_lock(&mutex));
    printf("unlock: %d", pthread_mutex_unlock(&mutex));
    printf(" %d", pthread_mutex_unlock(&mutex));
    printf(" %s\n", strerror(pthread_mutex_unlock(&mutex)));

    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &kind);
    printf("checked: %d", pthread_mutex_lock(&mutex));
    printf(", again: %s", strerror(pthread_mutex_lock(&mutex)));
    printf(", destroy: %s\n", strerror(pthread_mutex_destroy(&mutex)));
    printf("unlock: %d", pthread_mutex_unlock(&mutex));
    printf(", again: %s\n", strerror(pthread_mutex_unlock(&mutex)));

    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_NORMAL);
    pthread_mutex_init(&mutex, &kind);
    pthread_mutex_lock(&mutex);
    printf("trylock: %s\n", strerror(pthread_mutex_trylock(&mutex)));
    pthread_mutex_unlock(&mutex);
}

static struct timespec soon(int milliseconds)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += milliseconds * 1000000L;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static void limits(void)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec until = soon(5);
    int error;

    pthread_mutex_lock(&mutex);
    do
        error = pthread_cond_timedwait(&never, &mutex, &until);
    while (error == 0);
    printf("condition that never comes: %s\n", strerror(error));
    until = soon(5);
    printf("mutex that is held: %s\n",
           strerror(pthread_mutex_timedlock(&mutex, &until)));
    pthread_rwlock_wrlock(&table_lock);
    printf("table that is written: %s\n",
           strerror(pthread_rwlock_tryrdlock(&table_lock)));
    pthread_rwlock_unlock(&table_lock);
}

int main(void)
{
    pthread_t threads[6];

    for (int i = 0; i < 6; i++)
        pthread_create(&threads[i], NULL, i < 4 ? reader : writer, NULL);
    for (int i = 0; i < 6; i++)
        pthread_join(threads[i], NULL);
    printf("table %d, torn reads %d\n", table[7], torn);
    kinds();
    limits();
    return 0;
}
