/* Storage of each thread: _Thread_local variables with and without initial
   values, aligned ones, keys with destructors, errno. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 8 };

static _Thread_local int counter = 5;
static _Thread_local char text[40];
static _Thread_local struct {
    double d;
    int i;
} pair = { 2.5, 7 };
static _Thread_local _Alignas(64) char aligned[64];

static pthread_key_t key, second_key;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int destroyed, destroyed_sum, rounds;

static void destroy(void *value)
{
    pthread_mutex_lock(&lock);
    destroyed++;
    destroyed_sum += *(int *)value;
    pthread_mutex_unlock(&lock);
    free(value);
}

/* Sets its key again: called a second time, then no more. */
static void again(void *value)
{
    pthread_mutex_lock(&lock);
    rounds++;
    pthread_mutex_unlock(&lock);
    if (value == (void *)1)
        pthread_setspecific(second_key, (void *)2);
}

struct result {
    int counter, fresh, aligned, errno_kept, key_was_empty;
    double sum;
    const void *place;
};

static void *work(void *argument)
{
    struct result *result = argument;
    int number = result->counter, *value = malloc(sizeof *value);

    result->fresh = counter == 5 && text[0] == '\0' && pair.i == 7;
    result->key_was_empty = pthread_getspecific(key) == NULL;
    *value = number;
    pthread_setspecific(key, value);
    pthread_setspecific(second_key, (void *)1);
    errno = number + 1000;
    for (int i = 0; i <= number; i++) {
        counter += i;
        pair.d *= 1.5;
        snprintf(text, sizeof text, "thread %d", number);
    }
    close(-1);
    errno = number + 1000;
    free(malloc(100));
    result->errno_kept = errno == number + 1000;
    result->counter = counter;
    result->sum = pair.d;
    result->aligned = (uintptr_t)aligned % 64 == 0;
    result->place = &counter;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct result results[THREADS];
    int distinct = 1;

    pthread_key_create(&key, destroy);
    pthread_key_create(&second_key, again);
    counter = 77;
    for (int i = 0; i < THREADS; i++) {
        results[i].counter = i;
        pthread_create(&threads[i], NULL, work, &results[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        printf("%d: fresh %d, counter %d, sum %.4f, aligned %d, errno %d, key %d\n", i,
               results[i].fresh, results[i].counter, results[i].sum,
               results[i].aligned, results[i].errno_kept, results[i].key_was_empty);
    for (int i = 0; i < THREADS; i++)
        distinct &= results[i].place != &counter;
    printf("main still has %d, its own place %d\n", counter, distinct);
    printf("destroyed %d, sum %d, rounds %d\n", destroyed, destroyed_sum, rounds);
    pthread_key_delete(key);
    return 0;
}
