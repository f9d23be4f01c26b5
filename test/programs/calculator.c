/* Reads expressions, one a line, and prints what they give. Variables, powers,
   functions; mistakes are said and the next line is read. */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;
static jmp_buf mistake;
static double variables[26];

static double sum(void);

static void fail(const char *why)
{
    printf("mistake: %s at '%.10s'\n", why, at);
    longjmp(mistake, 1);
}

static void skip(void)
{
    while (isspace((unsigned char)*at))
        at++;
}

static int accept(char c)
{
    skip();
    if (*at != c)
        return 0;
    at++;
    return 1;
}

static double call(const char *name, double x)
{
    static const struct {
        const char *name;
        double (*function)(double);
    } table[] = {
        { "sqrt", sqrt }, { "sin", sin }, { "cos", cos }, { "exp", exp },
        { "log", log },   { "abs", fabs },
    };

    for (unsigned i = 0; i < sizeof table / sizeof table[0]; i++)
        if (!strcmp(table[i].name, name))
            return table[i].function(x);
    fail("no such function");
    return 0;
}

static double atom(void)
{
    char name[16];
    size_t length = 0;
    double value;
    char *end;

    skip();
    if (accept('(')) {
        value = sum();
        if (!accept(')'))
            fail("expected )");
        return value;
    }
    if (isdigit((unsigned char)*at) || *at == '.') {
        value = strtod(at, &end);
        if (end == at)
            fail("not a number");
        at = end;
        return value;
    }
    while (isalpha((unsigned char)*at) && length < sizeof name - 1)
        name[length++] = *at++;
    name[length] = '\0';
    if (length == 0)
        fail("expected a value");
    if (accept('(')) {
        value = sum();
        if (!accept(')'))
            fail("expected )");
        return call(name, value);
    }
    if (length > 1)
        fail("a variable has one letter");
    return variables[tolower((unsigned char)name[0]) - 'a'];
}

static double power(void)
{
    double base;

    if (accept('-'))
        return -power();
    base = atom();
    return accept('^') ? pow(base, power()) : base;
}

static double product(void)
{
    double value = power();

    for (;;) {
        if (accept('*')) {
            value *= power();
        } else if (accept('/')) {
            double by = power();

            if (by == 0)
                fail("division by zero");
            value /= by;
        } else if (accept('%')) {
            value = fmod(value, power());
        } else {
            return value;
        }
    }
}

static double sum(void)
{
    double value = product();

    for (;;) {
        if (accept('+'))
            value += product();
        else if (accept('-'))
            value -= product();
        else
            return value;
    }
}

int main(void)
{
    static char line[200];
    volatile int mistakes = 0;

    while (fgets(line, sizeof line, stdin)) {
        volatile int target = -1;
        double value;

        line[strcspn(line, "\n")] = '\0';
        at = line;
        if (setjmp(mistake) != 0) {
            mistakes++;
            continue;
        }
        if (isalpha((unsigned char)line[0]) && line[1] == '=') {
            target = tolower((unsigned char)line[0]) - 'a';
            at += 2;
        }
        value = sum();
        skip();
        if (*at != '\0')
            fail("more than an expression");
        if (target >= 0)
            variables[target] = value;
        printf("%s = %.12g\n", line, value);
    }
    return mistakes;
}
