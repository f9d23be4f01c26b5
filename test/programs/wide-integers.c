/* 64-bit (and where there are any, 128-bit) arithmetic: products, quotients,
   shifts, overflow checks, on random and awkward operands. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "chance.h"

static uint32_t sum = 1;

static void note(uint64_t value)
{
    sum = fold(fold(sum, (uint32_t)value), (uint32_t)(value >> 32));
}

static void both(uint64_t a, uint64_t b)
{
    int64_t x = (int64_t)a, y = (int64_t)b, result;
    unsigned shift = (unsigned)(b & 63);
    uint64_t positive;

    note(a + b);
    note(a - b);
    note(a * b);
    note(a & b);
    note(a | b);
    note(a ^ ~b);
    note(a << shift);
    note(a >> shift);
    note((uint64_t)(x >> shift));
    note(a << shift | (shift ? a >> (64 - shift) : 0));
    if (b != 0) {
        note(a / b);
        note(a % b);
    }
    if (y != 0 && !(x == INT64_MIN && y == -1)) {
        note((uint64_t)(x / y));
        note((uint64_t)(x % y));
    }
    if ((uint32_t)b != 0) {
        note(a / (uint32_t)b);
        note((uint32_t)a % (uint32_t)b);
    }
    note((uint64_t)__builtin_add_overflow(x, y, &result));
    note((uint64_t)__builtin_sub_overflow(x, y, &result) << 1);
    note((uint64_t)__builtin_mul_overflow(x, y, &result) << 2);
    note((uint64_t)__builtin_add_overflow(a, b, &positive) << 3);
    note((uint64_t)((a < b) | (x < y) << 1 | (a == b) << 2 | (x >= y) << 3));
    if (a != 0)
        note((uint64_t)(__builtin_clzll(a) * 64 + __builtin_ctzll(a)));
    note((uint64_t)__builtin_popcountll(a));
    note(__builtin_bswap64(a) ^ __builtin_bswap32((uint32_t)b) ^
         __builtin_bswap16((uint16_t)b));
    note((uint64_t)(int32_t)a * (uint64_t)(int32_t)b);
    note((uint64_t)(uint32_t)a * (uint32_t)b);
    note((uint64_t)(int64_t)(int8_t)a + (uint64_t)(int16_t)b);
#ifdef __SIZEOF_INT128__
    {
        unsigned __int128 product = (unsigned __int128)a * b;
        __int128 q = (__int128)x * y / (y == 0 || y == -1 ? 3 : y + 1);

        note((uint64_t)product ^ (uint64_t)(product >> 64));
        note((uint64_t)q ^ (uint64_t)(q >> 64));
    }
#endif
}

int main(void)
{
    static const uint64_t awkward[] = {
        0, 1, 2, 3, 7, 10, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
        0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffffe,
        0x123456789abcdef0,
    };
    enum { COUNT = sizeof awkward / sizeof awkward[0] };
    lldiv_t parts = lldiv(-1000000000007LL, 10);

    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++)
            both(awkward[i], awkward[k]);
#ifndef __SIZEOF_INT128__
    printf("awkward %08x\n", (unsigned)sum);
#else
    printf("awkward, with 128 bits, %08x\n", (unsigned)sum);
#endif
    for (int i = 0; i < 2500; i++) {
        uint64_t a = chance64() >> chance() % 64, b = chance64() >> chance() % 64;

        both(a, b);
    }
    printf("random %08x\n", (unsigned)sum);
    printf("%lld %lld %lld\n", parts.quot, parts.rem, llabs(LLONG_MIN + 1));
    printf("%d %d\n", div(-7, 2).quot, div(-7, 2).rem);
    return 0;
}
