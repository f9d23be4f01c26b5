/* Barriers, semaphores, a spin lock and pthread_once. */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>

enum { THREADS = 6, PHASES = 25 };

static pthread_barrier_t barrier;
static int cells[2][THREADS];
static int serial, once_count, wrong;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t spin;
static sem_t few, done;
static int inside, most_inside, spun;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void initialise(void)
{
    once_count++;
}

/* Each phase computes from what all neighbours had in the phase before. */
static void *phases(void *number)
{
    int me = (int)(long)number;

    pthread_once(&once, initialise);
    for (int phase = 0; phase < PHASES; phase++) {
        const int *old = cells[phase % 2];

        cells[(phase + 1) % 2][me] =
            (old[me] + old[(me + 1) % THREADS] * 3 + old[(me + 5) % THREADS]) % 1009;
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            pthread_spin_lock(&spin);
            serial++;
            pthread_spin_unlock(&spin);
        }
    }
    return NULL;
}

static void *limited(void *number)
{
    (void)number;
    for (int i = 0; i < 50; i++) {
        sem_wait(&few);
        pthread_mutex_lock(&lock);
        if (++inside > most_inside)
            most_inside = inside;
        pthread_mutex_unlock(&lock);
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
        pthread_mutex_lock(&lock);
        inside--;
        pthread_mutex_unlock(&lock);
        sem_post(&few);
    }
    sem_post(&done);
    return NULL;
}

static void run(void *(*routine)(void *))
{
    pthread_t threads[THREADS];

    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, routine, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    int value, ended = 0;

    pthread_barrier_init(&barrier, NULL, THREADS);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    for (int i = 0; i < THREADS; i++)
        cells[0][i] = i + 1;
    run(phases);
    for (int i = 0; i < THREADS; i++)
        printf("%d ", cells[PHASES % 2][i]);
    printf("\n%d phases with one serial thread each, once %d\n", serial, once_count);

    sem_init(&few, 0, 2);
    sem_init(&done, 0, 0);
    run(limited);
    while (sem_trywait(&done) == 0)
        ended++;
    sem_getvalue(&few, &value);
    printf("%d ended, two at most: %d, spun %d, semaphore back at %d, wrong %d\n",
           ended, most_inside <= 2, spun, value, wrong);
    return pthread_barrier_destroy(&barrier);
}
