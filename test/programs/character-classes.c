/* <ctype.h> in the "C" locale, and what that locale says. */
#include <ctype.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
    struct lconv *conventions;

    for (int c = 0; c < 128; c++)
        printf("%02x %d%d%d%d%d%d%d%d%d%d%d %02x %02x%s", (unsigned)c, !!isalpha(c),
               !!isdigit(c), !!isalnum(c), !!isspace(c), !!isupper(c), !!islower(c),
               !!ispunct(c), !!isprint(c), !!iscntrl(c), !!isxdigit(c), !!isblank(c),
               (unsigned)toupper(c), (unsigned)tolower(c), c % 4 == 3 ? "\n" : "  ");
    printf("%d %d\n", !!isalpha(0xe9), !!isprint(0xe9));
    printf("locale %s\n", setlocale(LC_ALL, NULL));
    printf("set to C: %s\n", setlocale(LC_ALL, "C"));
    printf("unknown one: %s\n", setlocale(LC_ALL, "xx_YY.nothing") ? "?" : "refused");
    conventions = localeconv();
    printf("point '%s', thousands '%s', currency '%s'\n", conventions->decimal_point,
           conventions->thousands_sep, conventions->currency_symbol);
    return 0;
}
