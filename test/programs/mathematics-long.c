/* The mathematical library in extended precision: 128-bit software floats. */
#include <complex.h>
#include <math.h>
#include <stdio.h>

#define FUNCTION(name) { #name, name }

static const struct {
    const char *name;
    long double (*function)(long double);
} functions[] = {
    FUNCTION(sinl), FUNCTION(cosl), FUNCTION(atanl), FUNCTION(expl), FUNCTION(logl),
    FUNCTION(sqrtl), FUNCTION(cbrtl), FUNCTION(floorl), FUNCTION(roundl), FUNCTION(rintl),
};

static const long double values[] = { 0.0L, 0.1L, 1.0L, 2.5L, 100.0L, -0.75L };

int main(void)
{
    double complex z = 1 + 2 * I;

    for (unsigned f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        printf("%s:", functions[f].name);
        for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
            long double value = functions[f].function(values[i]);

            if (isnan(value))
                printf(" nan");
            else
                printf(" %.34Lg", value);
        }
        printf("\n");
    }
    printf("%.34Lg %.34Lg %.34Lg\n", powl(2.5L, 10.5L), fmodl(100.0L, 0.7L),
           fmal(0.1L, 10.0L, -1.0L));
    printf("%lld %lld %.0Lf\n", llroundl(2.5L), llrintl(-2.5L),
           (long double)0xfffffffffffffff1ULL);
    z = z * z / (3 - I);
    printf("%.17g %.17g, size %.17g, angle %.17g\n", creal(z), cimag(z), cabs(z),
           carg(z));
    z = cexp(csqrt(z));
    printf("%.17g %.17g\n", creal(z), cimag(z));
    return 0;
}
