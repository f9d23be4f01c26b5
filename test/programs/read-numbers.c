/* strtod, strtol and their kin: what they accept, where they stop, and that
   what printf wrote is read back to the bit. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

static void doubles(void)
{
    static const char *const texts[] = {
        "0", "-0", "1", "  1.5rest", "1e3", "1e+3x", "1e", ".5", "5.", ".", "+",
        "1e308", "1.7976931348623157e308", "1.8e308", "-1e400", "1e-320",
        "2.2250738585072012e-308", "4.9e-324", "2e-324", "1e-400",
        "0x1p-3", "0x.8p1z", "0x1.fffffffffffff8p0", "inf", "-Infinityx", "nan",
        "9007199254740993", "0.1000000000000000055511151231257827021181583404541015625",
        "123456789012345678901234567890",
    };

    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char *end;
        double value;

        errno = 0;
        value = strtod(texts[i], &end);
        printf("'%s' is %a, rest '%s'%s\n", texts[i], value, end,
               errno == ERANGE ? ", out of range" : "");
    }
}

static void round_trips(void)
{
    int wrong = 0, tried = 0;

    for (int i = 0; i < 400; i++) {
        uint64_t bits = chance64();
        double value, back;
        char text[64];

        memcpy(&value, &bits, sizeof value);
        if (isnan(value))
            continue;
        snprintf(text, sizeof text, "%.17g", value);
        back = strtod(text, NULL);
        tried++;
        if (memcmp(&value, &back, sizeof value) != 0) {
            printf("%s came back as %a, not %a\n", text, back, value);
            wrong++;
        }
    }
    printf("%d of %d came back changed\n", wrong, tried);
}

static void integers(void)
{
    static const struct {
        const char *text;
        int base;
    } cases[] = {
        { "123", 10 }, { "-123abc", 10 }, { "  +7", 10 }, { "0x1f", 16 },
        { "0x1f", 0 }, { "0777", 0 }, { "0b1", 0 }, { "zz", 36 }, { "", 10 },
        { "-", 10 }, { "2147483648", 10 }, { "9223372036854775807", 10 },
        { "9223372036854775808", 10 }, { "-9223372036854775809", 10 },
        { "18446744073709551615", 10 }, { "18446744073709551616", 10 },
        { "-1", 10 },
    };

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *end;
        long long value;
        unsigned long long positive;
        int signed_error;

        errno = 0;
        value = strtoll(cases[i].text, &end, cases[i].base);
        signed_error = errno;
        errno = 0;
        positive = strtoull(cases[i].text, NULL, cases[i].base);
        printf("'%s' in base %d: %lld%s, %llu%s, rest '%s'\n", cases[i].text,
               cases[i].base, value, signed_error == ERANGE ? "!" : "", positive,
               errno == ERANGE ? "!" : "", end);
    }
    printf("%d %ld %.3f\n", atoi("  -42x"), atol("99999"), atof("2.5e1"));
    printf("%a %a\n", (double)strtof("0.1", NULL), (double)strtof("3.5e38", NULL));
}

int main(void)
{
    doubles();
    round_trips();
    integers();
    return 0;
}
