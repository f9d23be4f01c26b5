#include "concert.h"
#include "syscall.h"

#include <stdint.h>

static volatile int calls;
static char order[32];
static int length;

static void note(char letter)
{
    order[length++] = letter;
    order[length] = '\0';
}

static int self(void)
{
    return (int)system_call(SYS_GETTID, 0, 0, 0);
}

static void count(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    calls++;
}

/* Letters of the two signals; capitals when the handler ends. */
static void nest(int number, void *info, void *context)
{
    (void)info;
    (void)context;
    note(number == SIGUSR1 ? 'a' : 'b');
    if (number == SIGUSR1 && calls++ == 0) {
        send(self(), SIGUSR1);
        send(self(), SIGUSR2);
    }
    note(number == SIGUSR1 ? 'A' : 'B');
}

static void nested(const char *title, unsigned long flags, unsigned long mask)
{
    calls = 0;
    length = 0;
    handle(SIGUSR1, nest, flags, mask);
    handle(SIGUSR2, nest, 0, 0);
    send(self(), SIGUSR1);
    print("%s %s\n", title, order);
}

static void nesting(void)
{
    nested("plain", 0, 0);
    nested("nodefer", SA_NODEFER, 0);
}

static void masking(void)
{
    nested("masked", 0, bit(SIGUSR2));
}

static void counting(void)
{
    int i;

    calls = 0;
    handle(SIGUSR1, count, 0, 0);
    for (i = 0; i < 5; i++)
        send(self(), SIGUSR1);
    block(SIG_BLOCK, bit(SIGUSR1));
    for (i = 0; i < 5; i++)
        send(self(), SIGUSR1);
    print("blocked %d pending %d\n", calls, pending() == bit(SIGUSR1));
    block(SIG_UNBLOCK, bit(SIGUSR1));
    print("counted %d\n", calls);
}

static void suspending(void)
{
    unsigned long before;

    calls = 0;
    handle(SIGUSR1, count, 0, 0);
    block(SIG_BLOCK, bit(SIGUSR1));
    send(self(), SIGUSR1);
    print("suspended %d\n", (int)suspend(0));
    before = block(SIG_UNBLOCK, bit(SIGUSR1));
    print("handled %d, blocked again %d\n", calls, before == bit(SIGUSR1));
}

static void taking(void)
{
    block(SIG_BLOCK, bit(SIGUSR2));
    print("nothing %d\n", take(bit(SIGUSR2), 1000000) == -EAGAIN);
    send(self(), SIGUSR2);
    print("taken %d\n", take(bit(SIGUSR2), -1) == SIGUSR2);
    send(self(), SIGUSR2);
    print("taken %d\n", take(bit(SIGUSR2), 0) == SIGUSR2);
    print("nothing %d\n", take(bit(SIGUSR2), 0) == -EAGAIN);
    block(SIG_UNBLOCK, bit(SIGUSR2));
}

static void once(void)
{
    calls = 0;
    handle(SIGUSR1, count, SA_RESETHAND, 0);
    send(self(), SIGUSR1);
    print("once %d\n", calls);
    send(self(), SIGUSR1);
    print("twice\n");
}

enum { HALF = 2048 };

/* The upper half is the alternate stack; below it memory goes on. */
static long extra[2 * HALF];
static long *const extra_stack = extra + HALF;
static volatile unsigned zero;

static void report_overflow(int number, void *info, void *context)
{
    char *here = (char *)&number;

    (void)info;
    (void)context;
    print("overflow on the alternate stack %d\n",
          here > (char *)extra_stack && here < (char *)(extra_stack + HALF));
    exit(7);
}

static PROCEDURE unsigned descend(void)
{
    volatile unsigned frame[64];

    frame[zero] = zero;
    return zero != 0 ? 0 : descend() + frame[zero];
}

static void overflowing(void)
{
    alternate_stack(extra_stack, HALF * sizeof *extra_stack);
    handle(SIGSEGV, report_overflow, SA_ONSTACK, 0);
    print("%u\n", descend());
}

/* The handler of another signal finds no stack, which is a fault of its own. */
static PROCEDURE unsigned descend_and_signal(void)
{
    volatile unsigned frame[8];
    int number = SIGUSR1;

    frame[zero] = zero;
    system_call(SYS_TGKILL, self(), self(), number);
    return zero != 0 ? 0 : descend_and_signal() + frame[zero];
}

static void overflowing_by_signal(void)
{
    alternate_stack(extra_stack, HALF * sizeof *extra_stack);
    handle(SIGSEGV, report_overflow, SA_ONSTACK, 0);
    handle(SIGUSR1, count, 0, 0);
    print("%u\n", descend_and_signal());
}

static void fault_again(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
    print("handling\n");
    zero = *(volatile unsigned *)(uintptr_t)zero;
    print("handled\n");
}

static void faulting(void)
{
    handle(SIGSEGV, fault_again, 0, 0);
    zero = *(volatile unsigned *)(uintptr_t)zero;
}

static void killing(void)
{
    print("killing\n");
    send(self(), SIGTERM);
    print("killed\n");
}

void only_return(int number, void *info, void *context);
void fault_forever(void);

static void returning_forever(void)
{
    handle(SIGSEGV, only_return, 0, 0);
    fault_forever();
}

/* No handler is there, and that is what it is asked to handle, on ever less
   of the alternate stack. */
static void falling(void)
{
    alternate_stack(extra_stack, HALF * sizeof *extra_stack);
    handle(SIGSEGV, (handler *)(uintptr_t)16, SA_ONSTACK | SA_NODEFER, 0);
    zero = *(volatile unsigned *)(uintptr_t)zero;
}

const struct theme handlers[] = {
    { 's', counting },  { 'n', nesting },     { 'm', masking },
    { 'w', suspending }, { 'q', taking },     { 'x', once },
    { 'o', overflowing }, { 'O', overflowing_by_signal },
    { 'f', faulting },  { 'k', killing },     { 'r', returning_forever },
    { 'F', falling },   { '\0', NULL },
};
