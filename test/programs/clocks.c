/* Clocks go forward, sleeping takes at least as long as asked, and calendar
   arithmetic is right. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(clockid_t clock)
{
    struct timespec now;

    if (clock_gettime(clock, &now) != 0)
        return -1;
    if (now.tv_nsec < 0 || now.tv_nsec >= 1000000000)
        printf("%ld nanoseconds in a second\n", (long)now.tv_nsec);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void forward(const char *name, clockid_t clock)
{
    long long before = nanoseconds(clock), now;
    int backwards = 0;

    for (int i = 0; i < 1000; i++) {
        now = nanoseconds(clock);
        backwards += now < before;
        before = now;
    }
    printf("%s: positive %d, backwards %d\n", name, before > 0, backwards);
}

static void sleeps(void)
{
    struct timespec short_time = { 0, 3000000 }, wrong = { 0, 2000000000 }, until;
    long long before = nanoseconds(CLOCK_MONOTONIC);

    printf("nanosleep %d\n", nanosleep(&short_time, NULL));
    printf("at least 3 ms: %d\n",
           nanoseconds(CLOCK_MONOTONIC) - before >= 3000000);
    printf("wrong time: %d\n", nanosleep(&wrong, NULL));
    before = nanoseconds(CLOCK_MONOTONIC) + 2000000;
    until.tv_sec = before / 1000000000;
    until.tv_nsec = before % 1000000000;
    printf("until %d\n",
           clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
    printf("reached: %d\n", nanoseconds(CLOCK_MONOTONIC) >= before);
    usleep(1000);
}

static void agree(void)
{
    struct timeval of_day;
    struct timespec resolution;
    time_t seconds = time(NULL);

    gettimeofday(&of_day, NULL);
    printf("time and gettimeofday agree: %d\n", of_day.tv_sec - seconds <= 1);
    printf("this century: %d\n", seconds > 946684800);
    printf("resolution %d %d\n", clock_getres(CLOCK_MONOTONIC, &resolution),
           resolution.tv_sec == 0 && resolution.tv_nsec > 0);
    printf("no such clock: %d\n", clock_gettime(12345, &resolution));
}

static void calendar(void)
{
    static const long long times[] = { 0, 951782400, 1234567890, 2147483647, -1 };
    struct tm parts = { .tm_year = 124, .tm_mon = 1, .tm_mday = 30, .tm_hour = 25 };
    char text[80];

    setenv("TZ", "UTC0", 1);
    tzset();
    for (unsigned i = 0; i < sizeof times / sizeof times[0]; i++) {
        time_t seconds = (time_t)times[i];
        struct tm *split = gmtime(&seconds);

        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %b %j %U", split);
        printf("%lld is %s, back %lld\n", times[i], text, (long long)mktime(split));
    }
    printf("%lld ", (long long)mktime(&parts));
    printf("%s", asctime(&parts));
    printf("%.1f\n", difftime(100, 40));
}

int main(void)
{
    forward("realtime", CLOCK_REALTIME);
    forward("monotonic", CLOCK_MONOTONIC);
    forward("process", CLOCK_PROCESS_CPUTIME_ID);
    forward("thread", CLOCK_THREAD_CPUTIME_ID);
    printf("clock() works: %d\n", clock() != (clock_t)-1);
    sleeps();
    agree();
    calendar();
    return 0;
}
