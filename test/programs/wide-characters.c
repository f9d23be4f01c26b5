/* Wide characters and multibyte strings. */
#include <stdio.h>
#include <sys/types.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

int main(void)
{
    wchar_t text[40] = L"wide", copy[40], *end;
    char bytes[40];
    mbstate_t state;
    const char *from = "bytes";
    size_t length;

    wcscat(text, L" text");
    printf("%zu %d %d\n", wcslen(text), wcscmp(text, L"wide text"),
           wcsncmp(text, L"wider", 4));
    wcscpy(copy, text);
    printf("%ld %ld\n", (long)(wcschr(copy, L't') - copy),
           (long)(wcsstr(copy, L"te") - copy));
    wmemset(copy, L'x', 3);
    wmemmove(copy + 1, text, 4);
    printf("%ls|%5ls|%-6.2ls|\n", copy, L"ab", L"abc");
    printf("%lc%lc\n", L'A', (wint_t)towlower(L'B'));
    printf("%d %d %d\n", !!iswalpha(L'q'), !!iswdigit(L'q'), !!iswspace(L' '));
    printf("%ld %g\n", wcstol(L"  -77x", &end, 10), wcstod(L"2.5e1", NULL));
    printf("rest %ls\n", end);
    swprintf(copy, 40, L"%d-%ls-%.2f", 5, L"six", 7.0);
    printf("%ls\n", copy);
    memset(&state, 0, sizeof state);
    length = mbsrtowcs(copy, &from, 40, &state);
    printf("%zu %ls\n", length, copy);
    length = wcstombs(bytes, L"back", sizeof bytes);
    printf("%zu %s\n", length, bytes);
    printf("not in this locale: %zd\n", (ssize_t)wcstombs(bytes, L"\x20ac", sizeof bytes));
    return 0;
}
