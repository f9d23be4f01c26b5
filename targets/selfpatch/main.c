/* A service that updates itself: SIGUSR1 lets it read a plan, named by its first
   argument, and carry it out with the in-process handler. What became of it goes
   to standard error. */
#include "concurrent.h"
#include "selfpatch.h"
#include "syscall.h"
#include "updater.h"

enum {
#ifdef __sparc__
    SYS_OPENAT = 284,
    SYS_CLOSE = 6,
#else
    SYS_OPENAT = 56,
    SYS_CLOSE = 57,
#endif
    HERE = -100,
    ROOM = 16384,
    DEPTH = 10,
};

static const char *plan_name;
static uint32_t plan[ROOM / 4];
static struct updater *updater;

static void tell(unsigned long verdict, unsigned long reason)
{
    static char line[] = "update: verdict 0, reason 00\n";

    line[16] = (char)('0' + verdict);
    line[26] = (char)('0' + reason / 10);
    line[27] = (char)('0' + reason % 10);
    system_call(SYS_WRITE, 2, (long)line, sizeof line - 1);
}

static void read_plan(void)
{
    long file = system_call6(SYS_OPENAT, HERE, (long)plan_name, 0, 0, 0, 0);
    long size = system_call(SYS_READ, file, (long)plan, sizeof plan);

    system_call(SYS_CLOSE, file, 0, 0);
    updater->plan_room = size > 0 ? (unsigned long)size : 0;
    updater->state = UPDATER_IDLE;
}

static void update(int number, void *info, void *context)
{
    (void)number;
    (void)info;
    /* Somebody was inside: the same plan once more. */
    if (updater->state != UPDATER_PREPARED)
        read_plan();
    updater->command = UPDATER_PREPARE | UPDATER_APPLY;
    updater_copied(updater)(updater, context);
    tell(updater->verdict, updater->reason);
}

static PROCEDURE void answer(const char *line)
{
    unsigned number = 0;

    parse_digits(line, &number);
    print("%u costs %u\n", number, price(number));
    print_flush();
}

/* Some activations deep, as services are. */
static PROCEDURE unsigned serve(unsigned depth)
{
    char line[32];
    unsigned count = 0;

    if (depth > 0) {
        count = serve(depth - 1);
        __asm__ volatile("" : : : "memory"); /* Else it became a loop. */
        return count + 1;
    }
    for (; read_line(line, sizeof line) >= 0; count++)
        answer(line);
    return count;
}

int main(int count, char **arguments)
{
    if (count > 1) {
        plan_name = arguments[1];
        updater = updater_install(arguments, plan, sizeof plan);
        if (updater == NULL)
            return 1;
        /* No other handler may find the update half done. */
        handle(SIGUSR1, update, SA_RESTART, ~0ul);
    }
    return serve(DEPTH - 3) == 0;
}
