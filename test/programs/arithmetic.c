/* Double and float arithmetic and conversions on awkward and random values,
   each result to the bit; NaN signs are not printed. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"

static const double awkward[] = {
    0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 3.0, 1e-310, 4.9e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, INFINITY, -INFINITY, NAN, 4503599627370496.5,
    9007199254740992.0, 2147483647.5, -2147483648.9, 1.0000000000000002,
};

enum { AWKWARD = sizeof awkward / sizeof awkward[0] };

static uint32_t sum = 1;

static void note(double value)
{
    uint64_t bits;

    if (isnan(value))
        value = 0.25;
    memcpy(&bits, &value, sizeof bits);
    sum = fold(fold(sum, (uint32_t)bits), (uint32_t)(bits >> 32));
}

static void note_float(float value)
{
    uint32_t bits;

    if (isnan(value))
        value = 0.25f;
    memcpy(&bits, &value, sizeof bits);
    sum = fold(sum, bits);
}

static void all(double a, double b)
{
    float x = (float)a, y = (float)b;

    note(a + b);
    note(a - b);
    note(a * b);
    note(a / b);
    note(sqrt(fabs(a)));
    note(fma(a, b, a));
    note(fma(-a, b, b));
    note(fma(a, b, -1.0));
    note(fmin(a, b));
    note(fmax(a, b));
    note(copysign(a, b));
    note(fmod(a, b));
    note(remainder(a, b));
    note(nextafter(a, b));
    note((double)x);
    note_float(x + y);
    note_float(x - y);
    note_float(x * y);
    note_float(x / y);
    note_float(sqrtf(fabsf(x)));
    note_float(fmaf(x, y, x));
    sum = fold(sum, (uint32_t)((a < b) | (a <= b) << 1 | (a == b) << 2 | (a > b) << 3 |
                               (a >= b) << 4 | (a != b) << 5 | (x < y) << 6 |
                               (x == y) << 7 | isunordered(a, b) << 8));
}

static double any_double(void)
{
    uint64_t bits = chance64();
    double value;

    /* Mostly near one, so that sums and products mean something. */
    if (bits % 4 != 0)
        bits = (bits & ~(0x7ffULL << 52)) | (1003 + (bits >> 40) % 40) << 52;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void conversions(void)
{
    static const double values[] = { 0.9, -0.9, 1e9, -1e9, 2147483647.0, -2147483648.0,
                                     4294967295.0, 1e18, -1e18, 123456.75 };

    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        volatile double v = values[i];

        if (fabs(v) < 2147483648.0)
            printf("%d ", (int)v);
        if (v >= 0 && v < 4294967296.0)
            printf("%u ", (unsigned)v);
        printf("%lld %ld %lld %g\n", (long long)v, fabs(v) < 2e9 ? lround(v) : 0,
               llrint(v), (double)(float)v);
    }
    for (int i = 0; i < 200; i++) {
        uint64_t wide = chance64() >> (i % 64);

        note((double)wide);
        note((double)(int64_t)wide);
        note_float((float)wide);
        note_float((float)(int64_t)wide);
        note((double)(uint32_t)wide);
        note_float((float)(int32_t)wide);
        sum = fold(sum, (uint32_t)(uint64_t)((double)wide * 0.4));
    }
    printf("conversions %08x\n", (unsigned)sum);
}

int main(void)
{
    for (int i = 0; i < AWKWARD; i++) {
        for (int k = 0; k < AWKWARD; k++)
            all(awkward[i], awkward[k]);
        printf("%g: %08x\n", awkward[i], (unsigned)sum);
    }
    for (int i = 0; i < 600; i++) {
        double a = any_double(), b = any_double();

        all(a, b);
        if (i % 100 == 99)
            printf("%d: %08x\n", i + 1, (unsigned)sum);
    }
    conversions();
    return 0;
}
