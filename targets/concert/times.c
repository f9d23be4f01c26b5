#include "concert.h"
#include "syscall.h"

enum { SET_SIZE = 8 };

static int ticks, atomic_counter;

static void tick(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    show(&ticks, look(&ticks) + 1);
}

static void ticking(void)
{
    ticks = 0;
    handle(SIGALRM, tick, SA_RESTART, 0);
    repeat_alarm(1000);
    while (look(&ticks) < 5)
        ;
    repeat_alarm(0);
    print("ticks 5\n");
}

static void long_sleep(void)
{
    struct moment before = now(), after;
    long answer = sleep_for(3600, 500000000, NULL);

    after = now();
    if (after.nanoseconds < before.nanoseconds) {
        after.seconds--;
        after.nanoseconds += 1000000000;
    }
    print("slept %d s %d ns, answer %d\n", (int)(after.seconds - before.seconds),
          (int)(after.nanoseconds - before.nanoseconds), (int)answer);
}

static int woken[PLAYERS], mutex, woken_count;

static void sleep_by_number(void *argument)
{
    int me = (int)(long)argument;

    sleep_for(10 * (PLAYERS - me), 0, NULL);
    lock(&mutex);
    woken[woken_count++] = me;
    unlock(&mutex);
}

static void sleepers(void)
{
    int i;

    woken_count = 0;
    play_together(sleep_by_number, PLAYERS);
    for (i = 0; i < PLAYERS; i++)
        print("woken %d\n", woken[i]);
}

/* Of 10 s the alarm lets it sleep 0.25 s. */
static void disturbed_sleep(void)
{
    struct moment left = { -1, -1 };
    long answer;

    handle(SIGALRM, tick, SA_RESTART, 0);
    repeat_alarm(250000);
    answer = sleep_for(10, 0, &left);
    repeat_alarm(0);
    print("interrupted %d, %d s %d ms left\n", answer == -EINTR, (int)left.seconds,
          (int)left.nanoseconds / 1000000);
    repeat_alarm(250000);
    answer = sleep_for(10, 0, (struct moment *)16);
    repeat_alarm(0);
    print("interrupted with nowhere to tell %d\n", (int)answer);
}

/* A timer that nobody hears does not keep anyone from sleeping. */
static void deaf_sleep(void)
{
    struct moment before = now();

    block(SIG_BLOCK, bit(SIGALRM));
    repeat_alarm(1000);
    sleep_for(60, 0, NULL);
    repeat_alarm(0);
    print("slept %d s\n", (int)(now().seconds - before.seconds));
    handle(SIGALRM, tick, 0, 0);
    block(SIG_UNBLOCK, bit(SIGALRM));
}

/* Nor does it wake anyone. */
static void deaf_for_ever(void)
{
    int word = 0;

    block(SIG_BLOCK, bit(SIGALRM));
    repeat_alarm(1000);
    print("deaf\n");
    futex_wait(&word, 0);
}

static void tick_atomically(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
#if defined(__riscv)
    /* On SPARC what it interrupted may hold the lock. */
    __atomic_fetch_add(&atomic_counter, 1, __ATOMIC_SEQ_CST);
#endif
    show(&ticks, look(&ticks) + 1);
}

/* A handler comes between a load and the store that depends on it. */
static void atomic_ticks(void)
{
    int i, interval;

    ticks = 0;
    atomic_counter = 0;
    handle(SIGALRM, tick_atomically, 0, 0);
    for (i = 0, interval = 5; interval < 15; interval++) {
        int end = i + 1000;

        repeat_alarm(interval);
        for (; i < end; i++)
            add_atomically(&atomic_counter, 1);
    }
    repeat_alarm(0);
#if defined(__riscv)
    i += ticks;
#endif
    print("right %d, disturbed %d\n", atomic_counter == i, ticks > 10);
}

static int main_thread, about_to_read;

static void interrupt_reader(void *argument)
{
    volatile int patience;

    (void)argument;
    await(&about_to_read, 1);
    for (patience = 0; patience < 20000; patience++)
        ;
    send(main_thread, SIGUSR1);
}

static void interrupted(int descriptor, unsigned long flags)
{
    char c = '-';
    long answer;

    ticks = 0;
    main_thread = (int)system_call(SYS_GETTID, 0, 0, 0);
    handle(SIGUSR1, tick, flags, 0);
    show(&about_to_read, 0);
    if (thread_start(&threads[0], interrupt_reader, NULL) != 0)
        return;
    show(&about_to_read, 1);
    answer = system_call(SYS_READ, descriptor, (long)&c, 1);
    thread_join(&threads[0]);
    print("read %d %c, signals %d\n", answer == -EINTR ? -1 : (int)answer, c, ticks);
}

static void input_interrupted(void)
{
    interrupted(0, 0);
}

static void input_restarted(void)
{
    interrupted(0, SA_RESTART);
}

static void pipe_interrupted(void)
{
    int ends[2] = { -1, -1 };

    system_call(SYS_PIPE2, (long)ends, 0, 0);
    interrupted(ends[0], 0);
}

static void poll_interrupted(void)
{
    struct moment limit = { 5, 0 };
    unsigned long none[2] = { 0, 0 };
    unsigned long before;
    long answer;

    ticks = 0;
    main_thread = (int)system_call(SYS_GETTID, 0, 0, 0);
    handle(SIGUSR1, tick, SA_RESTART, 0);
    show(&about_to_read, 0);
    if (thread_start(&threads[0], interrupt_reader, NULL) != 0)
        return;
    block(SIG_BLOCK, bit(SIGUSR1));
    show(&about_to_read, 1);
    answer = system_call6(SYS_PPOLL, 0, 0, (long)&limit, (long)none, SET_SIZE, 0);
    before = block(SIG_UNBLOCK, bit(SIGUSR1));
    thread_join(&threads[0]);
    print("poll interrupted %d, signals %d, blocked again %d\n", answer == -EINTR, ticks,
          before == bit(SIGUSR1));
    block(SIG_BLOCK, bit(SIGUSR2));
    system_call6(SYS_PPOLL, 16, 1, (long)&limit, (long)none, SET_SIZE, 0);
    print("a poll that failed blocks %d\n", block(SIG_UNBLOCK, bit(SIGUSR2)) == bit(SIGUSR2));
}

const struct theme times[] = {
    { 't', ticking },          { 'h', long_sleep },      { 'z', sleepers },
    { 'Z', disturbed_sleep },  { 'D', deaf_sleep },      { 'S', deaf_for_ever },
    { 'T', atomic_ticks },     { 'i', input_interrupted }, { 'I', input_restarted },
    { 'p', pipe_interrupted }, { 'P', poll_interrupted }, { '\0', NULL },
};
