/* The mathematical library in double precision, every digit. */
#include <math.h>
#include <stdio.h>

#define FUNCTION(name) { #name, name }

static const struct {
    const char *name;
    double (*function)(double);
} functions[] = {
    FUNCTION(sin), FUNCTION(cos), FUNCTION(tan), FUNCTION(asin), FUNCTION(acos),
    FUNCTION(atan), FUNCTION(sinh), FUNCTION(cosh), FUNCTION(tanh), FUNCTION(asinh),
    FUNCTION(acosh), FUNCTION(atanh), FUNCTION(exp), FUNCTION(exp2), FUNCTION(expm1),
    FUNCTION(log), FUNCTION(log2), FUNCTION(log10), FUNCTION(log1p), FUNCTION(sqrt),
    FUNCTION(cbrt), FUNCTION(erf), FUNCTION(erfc), FUNCTION(tgamma), FUNCTION(lgamma),
    FUNCTION(floor), FUNCTION(ceil), FUNCTION(round), FUNCTION(trunc), FUNCTION(rint),
    FUNCTION(logb), FUNCTION(fabs),
};

static const double values[] = {
    0.0, 0.1, 0.5, 1.0, 1.5, 2.0, 3.14159265358979, 10.25, 100.0, 710.5, 1e6, 1e22,
    1e-8, 1e-300, -0.3, -1.0, -2.5, -40.0,
};

static void show(double value)
{
    if (isnan(value))
        printf(" nan");
    else
        printf(" %.17g", value);
}

int main(void)
{
    for (unsigned f = 0; f < sizeof functions / sizeof functions[0]; f++) {
        printf("%s:", functions[f].name);
        for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
            show(functions[f].function(values[i]));
        printf("\n");
    }
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        double x = values[i], whole;
        int exponent, quotient;

        printf("%g:", x);
        show(pow(2.5, x > 300 ? 300 : x));
        show(pow(fabs(x), 0.3));
        show(atan2(x, 2));
        show(hypot(x, 3));
        show(fmod(x, 0.7));
        show(remainder(x, 0.7));
        show(remquo(x, 0.7, &quotient));
        show(frexp(x, &exponent));
        show(ldexp(x, -3));
        show(modf(x, &whole));
        show(scalbn(x, 5));
        show(fdim(x, 1));
        printf(" %d %d %g\n", x == 0 ? 0 : exponent, x == 0 ? 0 : ilogb(x), whole);
    }
    return 0;
}
