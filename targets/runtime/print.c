#include "runtime.h"
#include "syscall.h"

#include <stdarg.h>

enum { ROOM = 128, LONGEST = 16 };

/* Past the room there is always space for one number. */
static char buffer[ROOM + LONGEST];
static unsigned used;

void print_flush(void)
{
    const char *from = buffer, *end = buffer + used;

    while (from < end) {
        long written = system_call(SYS_WRITE, 1, (long)from, end - from);
        if (written <= 0)
            break;
        from += written;
    }
    used = 0;
}

static PROCEDURE char *make_room(char *out)
{
    used = (unsigned)(out - buffer);
    print_flush();
    return buffer;
}

static inline char *put(char *out, char c)
{
    if (out >= buffer + ROOM)
        out = make_room(out);
    *out++ = c;
    return out;
}

static inline char *put_number(char *out, unsigned value, unsigned base,
                               char sign, unsigned width, char fill)
{
    char digits[LONGEST];
    char *end = digits + LONGEST, *digit = end;

    do {
        unsigned rest = value / base;

        *--digit = "0123456789abcdef"[value - rest * base];
        value = rest;
    } while (value != 0);
    if (width > LONGEST - 1)
        width = LONGEST - 1;
    if (sign != '\0' && fill != '0')
        *--digit = sign;
    while (end - digit < (int)width - (sign != '\0' && fill == '0'))
        *--digit = fill;
    if (sign != '\0' && fill == '0')
        *--digit = sign;
    while (digit < end)
        *out++ = *digit++;
    return out;
}

void print(const char *format, ...)
{
    char *out = buffer + used;
    va_list values;
    char c;

    va_start(values, format);
    while ((c = *format++) != '\0') {
        const char *text;
        unsigned width = 0, value, base = 10;
        char fill = ' ', sign = '\0';

        if (out >= buffer + ROOM)
            out = make_room(out);
        if (c != '%') {
            *out++ = c;
            continue;
        }
        c = *format++;
        if (c <= '9') {
            if (c == '0')
                fill = c;
            for (; c >= '0' && c <= '9'; c = *format++)
                width = width * 10 + (unsigned)(c - '0');
        }
        while (c == 'l')
            c = *format++;
        switch (c) {
        case 's':
            text = va_arg(values, const char *);
            if (width != 0)
                for (value = (unsigned)strlen(text); value < width; value++)
                    out = put(out, ' ');
            while ((c = *text++) != '\0')
                out = put(out, c);
            break;
        case 'c':
            *out++ = (char)va_arg(values, int);
            break;
        case 'd':
        case 'u':
        case 'x':
            value = va_arg(values, unsigned);
            if (c == 'x')
                base = 16;
            if (c == 'd' && (int)value < 0) {
                value = -value;
                sign = '-';
            }
            out = put_number(out, value, base, sign, width, fill);
            break;
        case '\0':
            format--;
            break;
        default:
            *out++ = c;
        }
    }
    va_end(values);
    used = (unsigned)(out - buffer);
    if (used != 0 && out[-1] == '\n')
        print_flush();
}

void exit(int status)
{
    print_flush();
    for (;;)
        system_call(SYS_EXIT_GROUP, status, 0, 0);
}
