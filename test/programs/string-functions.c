/* The functions of <string.h> on strings of all lengths and alignments, and
   at the very end of a page where they must not read on. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>
#endif

#include "chance.h"

static uint32_t sum = 1;
static int wrong;

static void check(int good, const char *what, int length)
{
    if (!good) {
        printf("%s, length %d\n", what, length);
        wrong++;
    }
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

/* The string and its end lie just before `end`. */
static void lengths(char *end, int length)
{
    char *text = end - length - 1, other[200], *found;
    int at = length ? (int)(chance() % (unsigned)length) : 0;

    for (int i = 0; i < length; i++)
        text[i] = (char)('a' + i % 20);
    text[length] = '\0';
    check(strlen(text) == (size_t)length, "strlen", length);
    check(strnlen(text, 10) == (size_t)(length < 10 ? length : 10), "strnlen", length);
    check(strchr(text, '\0') == text + length, "strchr of the end", length);
    check(strchr(text, 'z') == NULL, "strchr of nothing", length);
    check(strrchr(text, 'z') == NULL, "strrchr", length);
    check(strcmp(strcpy(other, text), text) == 0, "strcpy", length);
    check(strncpy(other, text, (size_t)length + 3) == other && other[length + 2] == '\0',
          "strncpy", length);
    check(strspn(text, "abcdefghijklmnopqrst") == (size_t)length, "strspn", length);
    check(strcspn(text, "z") == (size_t)length, "strcspn", length);
    if (length > 0) {
        text[at] = 'z';
        found = strchr(text, 'z');
        check(found == text + at, "strchr", length);
        check(strrchr(text, 'z') == found, "strrchr", length);
        check(strpbrk(text, "yz") == found, "strpbrk", length);
        check(sign(strcmp(text, other)) == 1, "strcmp", length);
        check(strncmp(text, other, (size_t)at) == 0, "strncmp", length);
        check(sign(strncmp(other, text, (size_t)at + 1)) == -1, "strncmp", length);
        sum = fold(sum, (uint32_t)sign(strcasecmp(text, "ABCZ")));
    }
    for (int i = 0; i < length; i++)
        sum = fold(sum, (unsigned char)text[i]);
}

static void tools(void)
{
    char text[64] = "one,two;;three", joined[64] = "start", *rest = text, *token;
    const char *volatile more = " end and more";
    char words[] = " several  words here ";

    while ((token = strsep(&rest, ",;")) != NULL)
        printf("[%s]", token);
    printf("\n");
    for (token = strtok(words, " "); token; token = strtok(NULL, " "))
        printf("[%s]", token);
    printf("\n");
    strcat(joined, " middle");
    strncat(joined, more, 4);
    printf("%s\n", joined);
    printf("%s|%s\n", strstr("a needle in a haystack", "needle"),
           strstr("nothing", "needle") ? "?" : "null");
    printf("%s|%s\n", strstr("aaaaaaaaab", "aab"), strstr("x", ""));
    token = strdup("duplicate");
    printf("%s %.3s\n", token, token);
    free(token);
    printf("%s\n", stpcpy(joined, "stp") == joined + 3 ? joined : "?");
    printf("%d %d\n", sign(strcoll("a", "b")), sign(strcmp("\xe9", "z")));
    printf("%zu\n", strxfrm(joined, "abc", sizeof joined));
    printf("%s\n", (const char *)memmem("abcdefgh", 8, "def", 3));
    printf("%d\n", memcmp(memccpy(joined, "stop here", 'p', 9) == joined + 4 ? "y" : "n",
                          "y", 1));
}

int main(void)
{
#ifdef __linux__
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *end = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                     -1, 0);

    end += page;
    mprotect(end, page, PROT_NONE);
#else
    char *end = malloc(4096);

    end += 4096;
#endif
    for (int length = 0; length < 120; length++)
        lengths(end, length);
    for (int back = 1; back < 16; back++)
        for (int length = 0; length < 40; length += 3)
            lengths(end - back, length);
    printf("sum %08x, %d wrong\n", (unsigned)sum, wrong);
    tools();
    return wrong != 0;
}
