#include "concert.h"
#include "syscall.h"

enum { CROWD = 1100, STACK = 128 };

static long stacks[CROWD][STACK];
static int tids[CROWD], gate;

static void wait_at_gate(void *argument)
{
    (void)argument;
    while (look(&gate) == 0)
        futex_wait(&gate, 0);
}

/* As many threads as there may be. */
static void crowd(void)
{
    enum { FLAGS = 0x350f00 };
    int count = 0, i;
    long answer;

    gate = 0;
    do
        answer = start_thread(FLAGS, stacks[count + 1], &tids[count], &tids[count], wait_at_gate, NULL);
    while (answer > 0 && ++count < CROWD - 1);
    print("%d came, refused %d\n", count, answer == -EAGAIN);
    show(&gate, 1);
    futex_wake(&gate, CROWD);
    for (i = 0; i < count; i++) {
        int tid;

        while ((tid = look(&tids[i])) != 0)
            futex_wait(&tids[i], tid);
    }
    print("all went\n");
}

static void fork_bomb(void)
{
    enum { SIGCHLD = 17 };
    int i, refused = 0;

    for (i = 0; i < 10; i++)
        refused += system_call6(SYS_CLONE, SIGCHLD, 0, 0, 0, 0, 0) == -ENOSYS;
    print("refused %d\n", refused);
}

static void unheard_of(void)
{
    enum { NOBODY_HAS = 999, LATER = 998 };
    int i, refused = 0;

    for (i = 0; i < 5; i++) {
        refused += system_call(NOBODY_HAS, 0, 0, 0) == -ENOSYS;
        refused += system_call(LATER, 0, 0, 0) == -ENOSYS;
    }
    print("refused %d\n", refused);
}

static void random_bytes(void)
{
    unsigned char bytes[16];
    unsigned i;

    if (system_call(SYS_GETRANDOM, (long)bytes, sizeof bytes, 0) != sizeof bytes)
        print("no random bytes\n");
    for (i = 0; i < sizeof bytes; i++)
        print("%02x", bytes[i]);
    print("\n");
}

/* To a number of a child's that cannot be written. */
static void child_nowhere(void)
{
    enum { FLAGS = 0x350f00, CHILD_SET_TID = 0x1000000 };
    long answer;

    gate = 0;
    answer = start_thread(FLAGS | CHILD_SET_TID, stacks[1], &tids[0], (int *)16, wait_at_gate, NULL);

    show(&gate, 1);
    futex_wake(&gate, 1);
    print("came %d\n", answer > 0 && answer == tids[0]);
}

const struct theme limits[] = {
    { 'M', crowd },        { 'B', fork_bomb },     { 'U', unheard_of },
    { 'g', random_bytes }, { 'W', child_nowhere }, { '\0', NULL },
};
