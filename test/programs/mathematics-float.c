/* The mathematical library in single precision. */
#include <math.h>
#include <stdio.h>

#define FUNCTION(name) { #name, name }

static const struct {
    const char *name;
    float (*function)(float);
} functions[] = {
    FUNCTION(sinf), FUNCTION(cosf), FUNCTION(tanf), FUNCTION(asinf), FUNCTION(acosf),
    FUNCTION(atanf), FUNCTION(sinhf), FUNCTION(coshf), FUNCTION(tanhf), FUNCTION(expf),
    FUNCTION(exp2f), FUNCTION(expm1f), FUNCTION(logf), FUNCTION(log2f),
    FUNCTION(log10f), FUNCTION(log1pf), FUNCTION(sqrtf), FUNCTION(cbrtf),
    FUNCTION(erff), FUNCTION(tgammaf), FUNCTION(floorf), FUNCTION(ceilf),
    FUNCTION(roundf), FUNCTION(truncf), FUNCTION(rintf), FUNCTION(fabsf),
};

static const float values[] = { 0.0f, 0.1f, 0.5f, 1.0f, 2.0f, 3.1415927f, 10.25f,
                                88.5f, 1e5f, 1e20f, 1e-8f, 1e-40f, -0.3f, -1.0f, -2.5f };

static void show(float value)
{
    if (isnan(value))
        printf(" nan");
    else
        printf(" %.9g", (double)value);
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
        float x = values[i];

        show(powf(2.5f, x > 50 ? 50 : x));
        show(atan2f(x, 2));
        show(hypotf(x, 3));
        show(fmodf(x, 0.7f));
        show(fmaf(x, x, 1.0f));
        show(ldexpf(x, -3));
        printf("\n");
    }
    return 0;
}
