#include "concurrent.h"
#include "runtime.h"
#include "syscall.h"

#include <stdint.h>

enum { SET_SIZE = 8, WORDS = SET_SIZE / sizeof(long) };

struct set {
    unsigned long words[WORDS];
};

struct action {
    handler *handler;
    unsigned long flags;
    WHERE_TO_RETURN
    struct set mask;
};

long handle(int number, handler *handler, unsigned long flags, unsigned long mask)
{
    struct action action = { .handler = handler, .flags = flags | SA_SIGINFO, .mask = { { mask } } };

    return SIGACTION(number, &action, SET_SIZE);
}

unsigned long block(int how, unsigned long mask)
{
    struct set wanted = { { mask } }, before;

    system_call6(SYS_RT_SIGPROCMASK, how, (long)&wanted, (long)&before, SET_SIZE, 0, 0);
    return before.words[0];
}

unsigned long pending(void)
{
    struct set set;

    system_call(SYS_RT_SIGPENDING, (long)&set, SET_SIZE, 0);
    return set.words[0];
}

long suspend(unsigned long mask)
{
    struct set set = { { mask } };

    return system_call(SYS_RT_SIGSUSPEND, (long)&set, SET_SIZE, 0);
}

long take(unsigned long mask, long nanoseconds)
{
    struct set set = { { mask } };
    struct moment limit = { 0, nanoseconds };

    return system_call6(SYS_RT_SIGTIMEDWAIT, (long)&set, 0, nanoseconds < 0 ? 0 : (long)&limit, SET_SIZE,
                        0, 0);
}

long send(int tid, int number)
{
    return system_call(SYS_TGKILL, system_call(SYS_GETPID, 0, 0, 0), tid, number);
}

long alternate_stack(void *start, size_t size)
{
    struct {
        void *start;
        int flags;
        size_t size;
    } stack = { start, 0, size };

    return system_call(SYS_SIGALTSTACK, (long)&stack, 0, 0);
}
