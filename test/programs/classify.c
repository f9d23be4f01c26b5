/* Kinds of floating-point numbers and comparisons among them. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *kind(int c)
{
    return c == FP_NAN         ? "nan"
           : c == FP_INFINITE  ? "infinite"
           : c == FP_ZERO      ? "zero"
           : c == FP_SUBNORMAL ? "subnormal"
           : c == FP_NORMAL    ? "normal"
                               : "?";
}

int main(void)
{
    static const volatile double values[] = {
        0.0, -0.0, 1.0, -1.5, DBL_MIN, DBL_MIN / 2, 4.9e-324, DBL_MAX, INFINITY, -INFINITY,
        NAN,
    };
    enum { COUNT = sizeof values / sizeof values[0] };

    for (int i = 0; i < COUNT; i++) {
        double v = values[i];
        float f = (float)v;

        printf("%s, as float %s; finite %d, inf %d, nan %d, normal %d, sign %d\n",
               kind(fpclassify(v)), kind(fpclassify(f)), isfinite(v) != 0,
               isinf(v) != 0, isnan(v) != 0, isnormal(v) != 0,
               isnan(v) ? 0 : signbit(v) != 0);
        for (int k = 0; k < COUNT; k++) {
            double w = values[k];

            printf("%c", v < w ? '<' : v > w ? '>' : v == w ? '=' : '?');
            printf("%c", isless(v, w) ? '<' : isgreater(v, w) ? '>' : '.');
            printf("%c", islessgreater(v, w) ? '!' : isunordered(v, w) ? '?' : '=');
            printf(" ");
        }
        printf("\n");
    }
    printf("%g %g %g %d %d %d\n", DBL_EPSILON, DBL_MAX, (double)FLT_MIN, DBL_DIG,
           FLT_RADIX, DBL_MANT_DIG);
    return 0;
}
