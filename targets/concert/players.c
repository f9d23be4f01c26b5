#include "concert.h"
#include "syscall.h"

struct thread threads[PLAYERS];

static int mutex, other_mutex, condition;
static volatile int counter;
static int atomic_counter;

void await(int *word, int value)
{
    while (look(word) != value)
        system_call(SYS_SCHED_YIELD, 0, 0, 0);
}

void join_all(int count)
{
    int i;

    for (i = 0; i < count; i++)
        thread_join(&threads[i]);
}

static void start_all(void (*play)(void *), int count)
{
    long i;

    for (i = 0; i < count; i++)
        if (thread_start(&threads[i], play, (void *)i) != 0)
            print("player %d did not come\n", (int)i);
}

void play_together(void (*play)(void *), int count)
{
    start_all(play, count);
    join_all(count);
}

static void count_locked(void *argument)
{
    int i;

    (void)argument;
    for (i = 0; i < NOTES; i++) {
        lock(&mutex);
        counter = counter + 1;
        unlock(&mutex);
    }
}

static void locked(void)
{
    counter = 0;
    play_together(count_locked, PLAYERS);
    print("locked %d\n", counter);
}

static void count_unlocked(void *argument)
{
    int i;

    (void)argument;
    for (i = 0; i < NOTES; i++)
        counter = counter + 1;
}

static void unlocked(void)
{
    counter = 0;
    play_together(count_unlocked, PLAYERS);
    print("unlocked %d\n", counter);
}

static void count_atomically(void *argument)
{
    int i;

    (void)argument;
    for (i = 0; i < NOTES; i++)
        add_atomically(&atomic_counter, 1);
}

static void atomic(void)
{
    atomic_counter = 0;
    play_together(count_atomically, 2);
    print("atomic %d\n", atomic_counter);
}

enum { BARS = 3 };

/* Whose note it is; the conductor's when it is PLAYERS. */
static int turn, sum;

static void play_in_turn(void *argument)
{
    int me = (int)(long)argument, bar;

    for (bar = 0; bar < BARS; bar++) {
        lock(&mutex);
        while (turn != me)
            condition_wait(&condition, &mutex);
        sum = sum * 3 + me;
        turn++;
        condition_wake(&condition);
        unlock(&mutex);
    }
}

static void conducted(void)
{
    int bar;

    turn = PLAYERS;
    sum = 0;
    start_all(play_in_turn, PLAYERS);
    for (bar = 0; bar < BARS; bar++) {
        lock(&mutex);
        print("bar %d sum %d\n", bar, sum);
        turn = 0;
        condition_wake(&condition);
        while (turn != PLAYERS)
            condition_wait(&condition, &mutex);
        unlock(&mutex);
    }
    join_all(PLAYERS);
    print("conducted %d\n", sum);
}

static int first_held, second_held;

static void wait_crosswise(void *argument)
{
    (void)argument;
    lock(&other_mutex);
    show(&second_held, 1);
    await(&first_held, 1);
    lock(&mutex);
}

static void deadlock(void)
{
    start_all(wait_crosswise, 1);
    lock(&mutex);
    show(&first_held, 1);
    await(&second_held, 1);
    print("crossing\n");
    lock(&other_mutex);
    print("crossed\n");
}

const struct theme players[] = {
    { 'l', locked },   { 'u', unlocked },  { 'a', atomic },
    { 'c', conducted }, { 'd', deadlock }, { '\0', NULL },
};
