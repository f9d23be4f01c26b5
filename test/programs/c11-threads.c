/* <threads.h>: the same with C11's own names. */
#include <stdio.h>
#include <threads.h>

static mtx_t lock;
static cnd_t turn_changed;
static int turn, wrong;
static once_flag once = ONCE_FLAG_INIT;
static tss_t storage;
static thread_local int own;
static int once_count;

static void initialise(void) { once_count++; }

/* Threads take turns, strictly. */
static int player(void *number)
{
    int me = *(int *)number;

    call_once(&once, initialise);
    tss_set(storage, number);
    for (int round = 0; round < 20; round++) {
        mtx_lock(&lock);
        while (turn % 3 != me)
            cnd_wait(&turn_changed, &lock);
        printf("%d%s", me, turn % 15 == 14 ? "\n" : " ");
        turn++;
        own += turn;
        cnd_broadcast(&turn_changed);
        mtx_unlock(&lock);
    }
    wrong += tss_get(storage) != number;
    return own;
}

int main(void)
{
    int numbers[3] = { 0, 1, 2 }, result;
    thrd_t threads[3];

    mtx_init(&lock, mtx_plain);
    cnd_init(&turn_changed);
    tss_create(&storage, NULL);
    for (int i = 0; i < 3; i++)
        if (thrd_create(&threads[i], player, &numbers[i]) != thrd_success)
            return 2;
    for (int i = 0; i < 3; i++) {
        thrd_join(threads[i], &result);
        numbers[i] = result;
    }
    printf("%d %d %d, wrong %d, once %d\n", numbers[0], numbers[1], numbers[2], wrong,
           once_count);
    thrd_sleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
    thrd_yield();
    printf("busy %d\n", mtx_lock(&lock) == thrd_success &&
                            mtx_trylock(&lock) == thrd_busy);
    return 0;
}
