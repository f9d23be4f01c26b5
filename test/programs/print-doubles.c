/* printf of doubles: every conversion, flag, width and precision. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "chance.h"

static const char *const formats[] = {
    "%e", "%f", "%g", "%a", "%E", "%G", "%A",
    "%.0e", "%.0f", "%.0g", "%.1f", "%.3e", "%.15g", "%.17g", "%.10a",
    "%12.4f", "%-12.4f|", "%+.3f", "% .3f", "%012.3f", "%#.0f", "%#g",
    "%+012.3e", "%-20.8g|", "%20a",
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static void show(const char *name, double value)
{
    printf("%s\n", name);
    for (unsigned i = 0; i < FORMATS; i++) {
        printf("  %-10s [", formats[i]);
        printf(formats[i], value);
        printf("]\n");
    }
}

static void any_bits(void)
{
    for (int i = 0; i < 40; i++) {
        uint64_t bits = chance64();
        double value;

        memcpy(&value, &bits, sizeof value);
        printf("%.17g %a\n", value, value);
    }
}

int main(void)
{
    show("zero", 0.0);
    show("minus zero", -0.0);
    show("one", 1.0);
    show("tenth", 0.1);
    show("third", 1.0 / 3.0);
    show("carry", 9.9999999);
    show("tie", 2.5);
    show("thousands", -123456.789);
    show("large", 1e22);
    show("largest", DBL_MAX);
    show("smallest normal", DBL_MIN);
    show("smallest", 4.9406564584124654e-324);
    show("infinity", INFINITY);
    show("minus infinity", -INFINITY);
    show("nan", NAN);
    printf("%*.*f|%-*.*e|%.*g\n", 12, 3, 3.14159265, 16, 2, 31415.9265, 4, 2e-7);
    printf("%f %f %f\n", 1.0f / 3, (double)16777217.0f, (double)FLT_MIN);
    any_bits();
    return 0;
}
