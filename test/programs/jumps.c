/* setjmp and longjmp: out of nested calls, values, kept variables, many
   times, and with floating-point registers in use. */
#include <setjmp.h>
#include <stdio.h>

static jmp_buf outer, inner;

/* May return, as far as the compiler knows. */
static __attribute__((noipa)) void throw_outer(int value)
{
    longjmp(outer, value);
}

static int descend(int depth)
{
    char frame[64];

    frame[depth % 64] = (char)depth;
    if (depth == 0) {
        throw_outer(42);
        return 0;
    }
    return descend(depth - 1) + frame[depth % 64];
}

static void values(void)
{
    for (volatile int i = 0; i < 4; i++) {
        int got = setjmp(outer);

        if (got == 0)
            longjmp(outer, i == 0 ? 0 : -i);
        printf("longjmp with %d gave %d\n", i == 0 ? 0 : -i, got);
    }
}

static void two_levels(void)
{
    switch (setjmp(outer)) {
    case 0:
        switch (setjmp(inner)) {
        case 0:
            printf("throw inner\n");
            longjmp(inner, 1);
        default:
            printf("caught inner, throw outer\n");
            longjmp(outer, 2);
        }
    default:
        printf("caught outer\n");
    }
}

static __attribute__((noipa)) void throw_inner(void)
{
    longjmp(inner, 1);
}

static double half(double x)
{
    if (x < 1) {
        throw_inner();
        return 0;
    }
    return half(x / 2) + x;
}

static void many(void)
{
    volatile int count = 0;
    volatile double kept = 1.25;

    while (count < 1000) {
        if (setjmp(inner) == 0)
            half(count + 1.0);
        else
            kept = kept + 0.5;
        count++;
    }
    printf("%d jumps, %.2f\n", count, kept);
}

int main(void)
{
    volatile int before = 1;
    int got = setjmp(outer);

    if (got == 0) {
        before = 2;
        descend(50);
        printf("not reached\n");
    }
    printf("out of 50 calls with %d, variable %d\n", got, before);
    values();
    two_levels();
    many();
    return 0;
}
