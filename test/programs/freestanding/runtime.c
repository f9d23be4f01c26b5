/*
 * All that a generated program needs of a C library, for any machine: the
 * start, printf of a checksum, the memory functions a compiler may call, and
 * 64-bit arithmetic for machines without a libgcc of their own.
 */
#include <stdarg.h>
#include <stddef.h>

#include "syscall.h"

int main(int argc, char **argv);

static char buffer[256];
static unsigned used;

static void flush(void)
{
    for (unsigned done = 0; done < used;) {
        long written = system_call(SYS_WRITE, 1, (long)(buffer + done), used - done);

        if (written <= 0)
            break;
        done += (unsigned)written;
    }
    used = 0;
}

static void put(char c)
{
    buffer[used++] = c;
    if (used == sizeof buffer)
        flush();
}

static void put_number(unsigned long value, unsigned base)
{
    char digits[24];
    int count = 0;

    do {
        digits[count++] = "0123456789ABCDEF"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0)
        put(digits[--count]);
}

/* %s %d %u %x %X, the last three also with an l. */
int printf(const char *format, ...)
{
    va_list values;
    char c;

    va_start(values, format);
    while ((c = *format++) != '\0') {
        int is_long = 0;

        if (c != '%') {
            put(c);
            continue;
        }
        if (*format == 'l') {
            is_long = 1;
            format++;
        }
        switch (c = *format++) {
        case 's':
            for (const char *text = va_arg(values, const char *); *text; text++)
                put(*text);
            break;
        case 'd': {
            int value = va_arg(values, int);

            if (value < 0)
                put('-');
            put_number(value < 0 ? -(unsigned)value : (unsigned)value, 10);
            break;
        }
        case 'u':
        case 'x':
        case 'X':
            put_number(is_long ? va_arg(values, unsigned long) : va_arg(values, unsigned),
                       c == 'u' ? 10 : 16);
            break;
        default:
            put(c);
        }
    }
    va_end(values);
    return 0;
}

int puts(const char *text)
{
    return printf("%s\n", text);
}

int putchar(int c)
{
    put((char)c);
    return c;
}

void *memcpy(void *to, const void *from, size_t count)
{
    char *t = to;

    for (const char *f = from; count > 0; count--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    char *t = to;
    const char *f = from;

    if (t <= f)
        return memcpy(to, from, count);
    while (count-- > 0)
        t[count] = f[count];
    return to;
}

void *memset(void *to, int c, size_t count)
{
    for (char *t = to; count > 0; count--)
        *t++ = (char)c;
    return to;
}

int memcmp(const void *a, const void *b, size_t count)
{
    const unsigned char *x = a, *y = b;

    for (; count > 0; count--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

int strcmp(const char *a, const char *b)
{
    for (; *a == *b && *a != '\0'; a++, b++)
        ;
    return (unsigned char)*a - (unsigned char)*b;
}

#if defined(__sparc__) && !defined(__sparc_v9__) && !defined(__sparc_v9)
/* SPARC V8: Debian's libgcc has instructions of V9. */
typedef unsigned long long wide;

static wide divide(wide n, wide d, wide *rest)
{
    wide quotient = 0, left = 0;

    for (int bit = 63; bit >= 0; bit--) {
        left = left << 1 | (n >> bit & 1);
        if (left >= d) {
            left -= d;
            quotient |= 1ULL << bit;
        }
    }
    *rest = left;
    return quotient;
}

wide __udivdi3(wide n, wide d)
{
    wide rest;

    return divide(n, d, &rest);
}

wide __umoddi3(wide n, wide d)
{
    wide rest;

    divide(n, d, &rest);
    return rest;
}

static wide magnitude(long long value)
{
    return value < 0 ? -(wide)value : (wide)value;
}

long long __divdi3(long long n, long long d)
{
    wide rest, quotient = divide(magnitude(n), magnitude(d), &rest);

    return (long long)((n < 0) != (d < 0) ? -quotient : quotient);
}

long long __moddi3(long long n, long long d)
{
    wide rest;

    divide(magnitude(n), magnitude(d), &rest);
    return (long long)(n < 0 ? -rest : rest);
}

/* Of halves, lest they call themselves. `by` is less than 64. */
union halves {
    wide all;
    struct {
        unsigned high, low;
    } part;
};

static union halves shift_left(union halves value, int by)
{
    unsigned high = value.part.high, low = value.part.low;

    value.part.high = by == 0    ? high
                      : by < 32 ? high << by | low >> (32 - by)
                                : low << (by - 32);
    value.part.low = by < 32 ? low << by : 0;
    return value;
}

static union halves shift_right(union halves value, int by, unsigned fill)
{
    unsigned high = value.part.high, low = value.part.low;

    value.part.low = by == 0    ? low
                     : by < 32 ? low >> by | high << (32 - by)
                     : by == 32 ? high
                                : high >> (by - 32) | fill << (64 - by);
    value.part.high = by == 0 ? high : by < 32 ? high >> by | fill << (32 - by) : fill;
    return value;
}

wide __ashldi3(wide value, int by)
{
    return shift_left((union halves){ value }, by).all;
}

wide __lshrdi3(wide value, int by)
{
    return shift_right((union halves){ value }, by, 0).all;
}

long long __ashrdi3(long long value, int by)
{
    return (long long)shift_right((union halves){ (wide)value }, by, value < 0 ? -1u : 0).all;
}

wide __muldi3(wide a, wide b)
{
    wide product = 0;

    for (; b != 0; b >>= 1, a <<= 1)
        if (b & 1)
            product += a;
    return product;
}
#endif

/* `stack` is what the kernel left: argc, then the arguments. */
__attribute__((noreturn, used)) void start(long *stack)
{
    int status = main((int)stack[0], (char **)(stack + 1));

    flush();
    for (;;)
        system_call(SYS_EXIT_GROUP, status, 0, 0);
}
