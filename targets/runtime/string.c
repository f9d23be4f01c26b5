#include "runtime.h"

size_t strlen(const char *text)
{
    const char *end = text;

    while (*end != '\0')
        end++;
    return (size_t)(end - text);
}

int strcmp(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t count)
{
    for (; count != 0; count--, a++, b++)
        if (*a != *b || *a == '\0')
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

char *strchr(const char *text, int c)
{
    for (;; text++) {
        if (*text == (char)c)
            return (char *)text;
        if (*text == '\0')
            return NULL;
    }
}

void *memcpy(void *to, const void *from, size_t count)
{
    char *out = to;
    const char *in = from;

    while (count-- != 0)
        *out++ = *in++;
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    char *out = to;
    const char *in = from;

    if (out <= in)
        return memcpy(to, from, count);
    while (count-- != 0)
        out[count] = in[count];
    return to;
}

void *memset(void *to, int c, size_t count)
{
    char *out = to;

    while (count-- != 0)
        *out++ = (char)c;
    return to;
}

const char *parse_digits(const char *text, unsigned *value)
{
    const char *from = text;
    unsigned sum = 0;

    for (; *text >= '0' && *text <= '9'; text++) {
        if (text - from == 9)
            return NULL;
        sum = sum * 10 + (unsigned)(*text - '0');
    }
    *value = sum;
    return text == from ? NULL : text;
}
