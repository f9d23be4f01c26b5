#include "concurrent.h"
#include "syscall.h"

enum { MONOTONIC = 1, REAL_TIMER = 0 };

long sleep_for(time_word seconds, time_word nanoseconds, struct moment *left)
{
    struct moment wanted = { seconds, nanoseconds };

    return system_call6(SYS_CLOCK_NANOSLEEP, MONOTONIC, 0, (long)&wanted, (long)left, 0, 0);
}

struct moment now(void)
{
    struct moment moment;

    system_call(SYS_CLOCK_GETTIME, MONOTONIC, (long)&moment, 0);
    return moment;
}

long repeat_alarm(long microseconds)
{
    struct {
        long seconds, microseconds;
    } times[2] = { { 0, microseconds }, { 0, microseconds } };

    return system_call(SYS_SETITIMER, REAL_TIMER, (long)times, 0);
}
