/* A program that brings about a mebibyte of the C library with it; -DCHANGED is its next version. */
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

static double balance(double amount, int years) {
    for (int year = 0; year < years; year++) {
#ifdef CHANGED
        if (amount > 1e6)
            break;
#endif
        amount *= 1.0375;
    }
    return amount;
}

int main(int argc, char **argv) {
    regex_t pattern;
    if (regcomp(&pattern, "^[0-9]+$", REG_EXTENDED) != 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        if (regexec(&pattern, argv[i], 0, NULL, 0) == 0)
            printf("%s: %.2f %Lg\n", argv[i], balance(atof(argv[i]), argc), (long double)pow(i, 0.5));
        else
            wprintf(L"%s is no number\n", argv[i]);
    }
    time_t now = time(NULL);
    char text[64];
    strftime(text, sizeof text, "%c", localtime(&now));
    puts(text);
    regfree(&pattern);
    return 0;
}
