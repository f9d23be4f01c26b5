/* Threads joined by pipes: each filters what the one before it found. */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { STAGES = 12, LIMIT = 200 };

static int primes[STAGES + 1];

struct stage {
    int number, in, out;
};

static int get(int fd, int *value)
{
    return read(fd, value, sizeof *value) == (ssize_t)sizeof *value;
}

static int put(int fd, int value)
{
    return write(fd, &value, sizeof value) == (ssize_t)sizeof value;
}

/* The sieve of Eratosthenes, one prime per thread. */
static void *filter(void *argument)
{
    struct stage *stage = argument;
    int value, prime;

    if (get(stage->in, &prime)) {
        primes[stage->number] = prime;
        while (get(stage->in, &value))
            if (value % prime != 0 && !put(stage->out, value))
                break;
    }
    close(stage->in);
    close(stage->out);
    return NULL;
}

int main(void)
{
    struct stage stages[STAGES];
    pthread_t threads[STAGES];
    int ends[2], first, value, rest = 0;

    if (pipe(ends) != 0)
        return 2;
    first = ends[1];
    for (int i = 0; i < STAGES; i++) {
        stages[i].number = i;
        stages[i].in = ends[0];
        if (pipe(ends) != 0)
            return 2;
        stages[i].out = ends[1];
        pthread_create(&threads[i], NULL, filter, &stages[i]);
    }
    for (int i = 2; i < LIMIT; i++)
        if (!put(first, i))
            return 3;
    close(first);
    while (get(ends[0], &value))
        rest += value;
    for (int i = 0; i < STAGES; i++) {
        pthread_join(threads[i], NULL);
        printf("%d ", primes[i]);
    }
    printf("\nthe rest adds up to %d\n", rest);
    return 0;
}
