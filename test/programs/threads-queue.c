/* Producers and consumers over a bounded queue: mutex and two conditions. */
#include <pthread.h>
#include <stdio.h>

enum { ROOM = 8, PRODUCERS = 3, CONSUMERS = 4, EACH = 400 };

static struct {
    int items[ROOM];
    int count, first, highest;
    int producers_left;
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
} queue = { .producers_left = PRODUCERS,
            .lock = PTHREAD_MUTEX_INITIALIZER,
            .not_empty = PTHREAD_COND_INITIALIZER,
            .not_full = PTHREAD_COND_INITIALIZER };

static void put(int item)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == ROOM)
        pthread_cond_wait(&queue.not_full, &queue.lock);
    queue.items[(queue.first + queue.count++) % ROOM] = item;
    if (queue.count > queue.highest)
        queue.highest = queue.count;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
}

static int take(int *item)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == 0 && queue.producers_left > 0)
        pthread_cond_wait(&queue.not_empty, &queue.lock);
    if (queue.count == 0) {
        pthread_mutex_unlock(&queue.lock);
        return 0;
    }
    *item = queue.items[queue.first];
    queue.first = (queue.first + 1) % ROOM;
    queue.count--;
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&queue.lock);
    return 1;
}

static void *produce(void *which)
{
    for (int i = 0; i < EACH; i++)
        put((int)(long)which * EACH + i);
    pthread_mutex_lock(&queue.lock);
    if (--queue.producers_left == 0)
        pthread_cond_broadcast(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
    return NULL;
}

static char seen[PRODUCERS * EACH];

static void *consume(void *sum)
{
    int item, last[PRODUCERS] = { 0 }, disorder = 0;

    while (take(&item)) {
        *(long *)sum += item;
        seen[item]++;
        if (item % EACH < last[item / EACH])
            disorder++;
        last[item / EACH] = item % EACH;
    }
    return (void *)(long)disorder;
}

int main(void)
{
    pthread_t producers[PRODUCERS], consumers[CONSUMERS];
    long sums[CONSUMERS] = { 0 }, sum = 0, disorder = 0;
    int once = 0;

    for (long i = 0; i < CONSUMERS; i++)
        pthread_create(&consumers[i], NULL, consume, &sums[i]);
    for (long i = 0; i < PRODUCERS; i++)
        pthread_create(&producers[i], NULL, produce, (void *)i);
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(producers[i], NULL);
    for (int i = 0; i < CONSUMERS; i++) {
        void *result;

        pthread_join(consumers[i], &result);
        disorder += (long)result;
        sum += sums[i];
    }
    for (int i = 0; i < PRODUCERS * EACH; i++)
        once += seen[i] == 1;
    printf("%d items each seen once, sum %ld, out of order %ld, never above %d: %d\n",
           once, sum, disorder, ROOM, queue.highest <= ROOM);
    return 0;
}
