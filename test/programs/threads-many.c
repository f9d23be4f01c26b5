/* Thirty-two threads at once, each with a sum of its own and a common one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 32, ROUNDS = 300 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long common;
static _Thread_local unsigned long own;

static void *work(void *number)
{
    unsigned long n = (unsigned long)number;

    for (unsigned i = 0; i < ROUNDS; i++) {
        own += n * i;
        pthread_mutex_lock(&lock);
        common += n ^ i;
        pthread_mutex_unlock(&lock);
    }
    return (void *)own;
}

int main(void)
{
    pthread_t threads[THREADS];
    unsigned long total = 0, expected = 0;

    for (unsigned long i = 0; i < THREADS; i++) {
        int error = pthread_create(&threads[i], NULL, work, (void *)i);

        if (error != 0) {
            printf("thread %lu: error %d\n", i, error);
            exit(1);
        }
    }
    for (unsigned long i = 0; i < THREADS; i++) {
        void *result;

        pthread_join(threads[i], &result);
        total += (unsigned long)result;
        for (unsigned k = 0; k < ROUNDS; k++)
            expected += i ^ k;
    }
    printf("sum of the threads %lu, common %lu, expected %lu, own %lu\n", total,
           common, expected, own);

    /* One after the other: stacks are used again. */
    for (unsigned long i = 0; i < 100; i++) {
        pthread_t thread;
        void *result;

        pthread_create(&thread, NULL, work, (void *)i);
        pthread_join(thread, &result);
        total += (unsigned long)result;
    }
    printf("after a hundred more %lu\n", total);
    return 0;
}
