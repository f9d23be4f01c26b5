/* A handler may use every register; the interrupted code must not notice. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "chance.h"

static volatile int handled;
static volatile double noise;

static int deep(int n, double x)
{
    if (n == 0)
        return (int)x;
    return deep(n - 1, x * 1.0625 + n) + n;
}

static void handler(int number)
{
    double a = noise, b = a * 3, c = b - 1, d = c / 7;

    (void)number;
    handled++;
    /* More calls than register windows, and floating point with rounding. */
    noise = sqrt(fabs(a + b * c - d)) + deep(20, d) * 1e-6;
}

int main(void)
{
    struct sigaction action = { .sa_handler = handler };
    unsigned a = 1, b = 2, c = 3, d = 4, e = 5, f = 6;
    double x = 1, y = 2, z = 3, w = 0.5;
    unsigned long long wide = 1;

    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 300; i++) {
        a = a * 3 + b;
        b ^= c << 3;
        c += d * e;
        x = x * 0.99 + y;
        y = y * 0.5 + z;
        raise(SIGUSR1);
        d = (d >> 1) ^ a;
        e -= f;
        f = f * 5 + 1;
        z = z + w * 0.25;
        w = w * 1.0009765625;
        kill(getpid(), SIGUSR1);
        wide = wide * 6364136223846793005ULL + a;
    }
    printf("%08x %08x %08x %08x %08x %08x\n", a, b, c, d, e, f);
    printf("%.17g %.17g %.17g %.17g %llx\n", x, y, z, w, wide);
    printf("%d handled, noise %.17g\n", handled, noise);
    return 0;
}
