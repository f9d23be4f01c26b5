/* C11 atomics of all sizes, alone and from several threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

enum { THREADS = 5, ROUNDS = 800 };

static atomic_uchar bytes;
static atomic_ushort halves;
static atomic_uint words;
static atomic_long longs;
static atomic_uint highest, lowest = 1000000;
static atomic_flag flag = ATOMIC_FLAG_INIT;
static unsigned guarded;
static _Atomic(void *) list;
static atomic_int published;
static int payload;

struct node {
    struct node *next;
    unsigned value;
};

static struct node nodes[THREADS][ROUNDS / 8];

static void *work(void *number)
{
    unsigned me = (unsigned)(long)number;

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned value = me * 1000 + i, seen;

        atomic_fetch_add(&bytes, 3);
        atomic_fetch_sub_explicit(&halves, 7, memory_order_relaxed);
        atomic_fetch_xor(&words, value * 2654435761u);
        atomic_fetch_add_explicit(&longs, value, memory_order_acq_rel);
        seen = atomic_load(&highest);
        while (seen < value && !atomic_compare_exchange_weak(&highest, &seen, value))
            ;
        seen = atomic_load(&lowest);
        while (seen > value && !atomic_compare_exchange_strong(&lowest, &seen, value))
            ;
        while (atomic_flag_test_and_set_explicit(&flag, memory_order_acquire))
            ;
        guarded++;
        atomic_flag_clear_explicit(&flag, memory_order_release);
        if (i % 8 == 0) {
            struct node *node = &nodes[me][i / 8];
            void *head = atomic_load(&list);

            node->value = value;
            do
                node->next = head;
            while (!atomic_compare_exchange_weak(&list, &head, (void *)node));
        }
    }
    return NULL;
}

static void *waits(void *unused)
{
    (void)unused;
    while (atomic_load_explicit(&published, memory_order_acquire) == 0)
        ;
    return (void *)(long)payload;
}

static void alone(void)
{
    _Atomic int8_t small = 100;
    _Atomic int16_t medium = 1;
    _Atomic uint32_t wide = 5;
    _Atomic int64_t largest = 1;
    int expected = 4;
    atomic_int value = 5;

    small += 50;
    medium = (int16_t)(medium - 40000);
    printf("%d %d\n", (int)small, (int)medium);
    printf("%d", (int)atomic_fetch_or(&wide, 0xf0));
    printf(" %d", (int)atomic_fetch_and(&wide, 0x3c));
    printf(" %d", (int)atomic_exchange(&wide, 9));
    printf(" %d\n", (int)wide);
    printf("%d", atomic_compare_exchange_strong(&value, &expected, 6));
    printf(" %d", expected);
    printf(" %d", atomic_compare_exchange_strong(&value, &expected, 6));
    printf(" %d\n", atomic_load(&value));
    largest += 0x123456789aLL;
    largest *= 3;
    printf("%lld %d\n", (long long)largest, atomic_is_lock_free(&value));
    atomic_thread_fence(memory_order_seq_cst);
    printf("%d\n", __sync_val_compare_and_swap(&payload, 0, 8));
    printf("%d\n", payload);
}

int main(void)
{
    pthread_t threads[THREADS], waiter;
    unsigned count = 0, sum = 0;
    void *result;

    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (struct node *node = list; node; node = node->next) {
        count++;
        sum += node->value;
    }
    printf("%u %u %08x %ld\n", bytes, halves, words, longs);
    printf("highest %u, lowest %u, guarded %u\n", highest, lowest, guarded);
    printf("list of %u, sum %u\n", count, sum);

    pthread_create(&waiter, NULL, waits, NULL);
    payload = 4711;
    atomic_store_explicit(&published, 1, memory_order_release);
    pthread_join(waiter, &result);
    printf("published %ld\n", (long)result);
    payload = 0;
    alone();
    return 0;
}
