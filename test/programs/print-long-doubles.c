/* printf and strtold of long doubles: 128 bits, all of it in software. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void show(const char *name, long double value)
{
    printf("%-16s %Lg %Le %.10Lf %.34Lg %La\n", name, value, value,
           fabsl(value) < 1e30L ? value : 0.0L, value, value);
}

int main(void)
{
    static const char *const texts[] = {
        "0", "-0", "1", "0.1", "3.14159265358979323846264338327950288",
        "1e4932", "-1e-4932", "0x1.8p100", "1e5000", "inf", "nan", "12abc", "",
    };
    long double sum = 0;

    show("zero", 0.0L);
    show("one", 1.0L);
    show("third", 1.0L / 3.0L);
    show("two thirds", -2.0L / 3.0L);
    show("largest double", DBL_MAX);
    show("tiny double", DBL_MIN);
    show("infinity", INFINITY);
    printf("%d mantissa bits, exponents %d to %d\n", LDBL_MANT_DIG,
           LDBL_MIN_EXP, LDBL_MAX_EXP);

    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *end;
        long double value = strtold(texts[i], &end);

        printf("'%s' is %.36Lg, rest '%s'\n", texts[i], value, end);
    }
    for (int i = 1; i <= 200; i++)
        sum += 1.0L / i;
    printf("harmonic %.33Lf, as double %.17g, as float %.9g, as int %lld\n",
           sum, (double)sum, (double)(float)sum, (long long)(sum * 1e15L));
    printf("root %.33Lf, product %.33Lf, floor %Lf\n", sqrtl(2.0L),
           sum * sum, floorl(-sum));
    printf("compare %d %d %d %d\n", sum > 5.0L, sum < 5.0L, sum == sum,
           (long double)NAN == sum);
    return 0;
}
