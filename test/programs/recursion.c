/* Deep and mutual recursion: more frames than any register window file. */
#include <stdio.h>

static int hanoi(int n, int from, int to)
{
    return n == 0 ? 0 : hanoi(n - 1, from, 6 - from - to) + 1 +
                            hanoi(n - 1, 6 - from - to, to);
}

static unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static int is_odd(unsigned n);
static int is_even(unsigned n) { return n == 0 ? 1 : is_odd(n - 1); }
static int is_odd(unsigned n) { return n == 0 ? 0 : is_even(n - 1); }

static long deep(int n, long a, long b, long c, long d, long e, long f)
{
    if (n == 0)
        return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
    return deep(n - 1, b, c, d, e, f, a + n) - n;
}

static int tarai(int x, int y, int z)
{
    return x <= y ? y : tarai(tarai(x - 1, y, z), tarai(y - 1, z, x), tarai(z - 1, x, y));
}

static double series(int n, double x)
{
    return n == 0 ? 1 : x / n * series(n - 1, x) + 0.125;
}

int main(void)
{
    printf("hanoi %d\n", hanoi(12, 1, 3));
    printf("ackermann %u %u\n", ackermann(2, 30), ackermann(3, 4));
    printf("even %d odd %d\n", is_even(1000), is_odd(1000));
    printf("deep %ld\n", deep(3000, 1, 2, 3, 4, 5, 6));
    printf("tarai %d\n", tarai(8, 4, 0));
    printf("series %.15g\n", series(200, 3.5));
    return 0;
}
