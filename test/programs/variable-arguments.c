/* Variable argument lists: all types, many of them, handed on and copied. */
#include <stdarg.h>
#include <stdio.h>

struct pair {
    int a;
    double b;
};

struct large {
    int values[10];
};

/* Each letter of `types` says what comes next. */
static void show(const char *types, ...)
{
    va_list list;

    va_start(list, types);
    for (; *types; types++) {
        struct large large;
        struct pair pair;

        switch (*types) {
        case 'i':
            printf("%d ", va_arg(list, int));
            break;
        case 'l':
            printf("%lld ", va_arg(list, long long));
            break;
        case 'd':
            printf("%g ", va_arg(list, double));
            break;
        case 'L':
            printf("%g ", (double)va_arg(list, long double));
            break;
        case 's':
            printf("%s ", va_arg(list, const char *));
            break;
        case 'p':
            pair = va_arg(list, struct pair);
            printf("{%d %g} ", pair.a, pair.b);
            break;
        case 'b':
            large = va_arg(list, struct large);
            printf("{%d..%d} ", large.values[0], large.values[9]);
            break;
        }
    }
    va_end(list);
    printf("\n");
}

static int sum(int count, ...)
{
    va_list list, second;
    int total = 0, weighted = 0;

    va_start(list, count);
    va_copy(second, list);
    for (int i = 0; i < count; i++)
        total += va_arg(list, int);
    for (int i = 0; i < count; i++)
        weighted += va_arg(second, int) * i;
    va_end(second);
    va_end(list);
    return total * 1000 + weighted;
}

static int hand_on(char *to, size_t size, const char *format, ...)
{
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(to, size, format, list);
    va_end(list);
    return length;
}

int main(void)
{
    struct pair pair = { 4, 5.5 };
    struct large large = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } };
    char text[100];
    int length;

    show("i", 1);
    show("iiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    show("dddddddddd", 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5);
    show("ilililil", 1, 2LL, 3, 4LL, 5, 6LL, 7, 1LL << 40);
    show("idsLldis", 1, 2.25, "three", 4.5L, 5LL << 33, 6.0, 7, "eight");
    show("ipbipb", 1, pair, large, 2, pair, large);
    show("L", 1e10L);
    show("iL", 1, 2e10L);
    printf("%d %d %d\n", sum(0), sum(3, 10, 20, 30), sum(9, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    length = hand_on(text, sizeof text, "%d %s %.2f %lld %c", 42, "text", 2.5, 1LL << 50,
                     'z');
    printf("%s (%d)\n", text, length);
    return 0;
}
