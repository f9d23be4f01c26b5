/* Long numbers: a thousand digits of pi by a spigot, factorials, Fibonacci. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void pi(int digits)
{
    int length = digits * 10 / 3 + 2, *remainders = malloc((size_t)length * sizeof(int));
    int nines = 0, held = -1, printed = 0;

    for (int i = 0; i < length; i++)
        remainders[i] = 2;
    while (printed < digits) {
        int carry = 0, digit;

        for (int i = length - 1; i > 0; i--) {
            int value = remainders[i] * 10 + carry * (i + 1);

            remainders[i] = value % (2 * i + 1);
            carry = value / (2 * i + 1);
        }
        digit = remainders[0] * 10 + carry;
        remainders[0] = digit % 10;
        digit /= 10;
        if (digit == 9) {
            nines++;
            continue;
        }
        if (held >= 0)
            printf("%d", held + digit / 10), printed++;
        for (; nines > 0; nines--)
            printf("%d", digit == 10 ? 0 : 9), printed++;
        held = digit % 10;
    }
    printf("\n");
    free(remainders);
}

enum { LIMBS = 60, BASE = 1000000000 };

struct number {
    unsigned limbs[LIMBS];
    int used;
};

static void multiply(struct number *n, unsigned by)
{
    unsigned long long carry = 0;

    for (int i = 0; i < n->used; i++) {
        carry += (unsigned long long)n->limbs[i] * by;
        n->limbs[i] = (unsigned)(carry % BASE);
        carry /= BASE;
    }
    if (carry != 0)
        n->limbs[n->used++] = (unsigned)carry;
}

static void add(struct number *n, const struct number *other)
{
    unsigned carry = 0;

    for (int i = 0; i < other->used || i < n->used || carry; i++) {
        unsigned limb = carry + (i < n->used ? n->limbs[i] : 0) +
                        (i < other->used ? other->limbs[i] : 0);

        carry = limb >= BASE;
        n->limbs[i] = carry ? limb - BASE : limb;
        if (i >= n->used)
            n->used = i + 1;
    }
}

static void print(const char *name, const struct number *n)
{
    printf("%s = %u", name, n->limbs[n->used - 1]);
    for (int i = n->used - 2; i >= 0; i--)
        printf("%09u", n->limbs[i]);
    printf("\n");
}

int main(void)
{
    struct number factorial = { { 1 }, 1 }, a = { { 0 }, 1 }, b = { { 1 }, 1 };

    pi(300);
    for (unsigned i = 2; i <= 150; i++)
        multiply(&factorial, i);
    print("150!", &factorial);
    for (int i = 0; i < 400; i++) {
        struct number kept = b;

        add(&b, &a);
        a = kept;
    }
    print("fibonacci(400)", &a);
    return 0;
}
