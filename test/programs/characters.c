/* Characters of standard input: getchar, ungetc, fgets, feof, clearerr. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static long number(void)
{
    long value = 0;
    int c;

    while (isdigit(c = getchar()))
        value = value * 10 + (c - '0');
    if (c != EOF)
        ungetc(c, stdin);
    return value;
}

static void word(void)
{
    char text[16];
    size_t length = 0;
    int c;

    while (isalpha(c = getchar()))
        if (length < sizeof text - 1)
            text[length++] = (char)c;
    ungetc(c, stdin);
    text[length] = '\0';
    printf("word %s\n", text);
}

int main(void)
{
    char rest[8];
    int c;

    /* Tokens up to the first '!'. */
    while ((c = getchar()) != '!' && c != EOF) {
        if (isdigit(c)) {
            ungetc(c, stdin);
            printf("number %ld\n", number());
        } else if (isalpha(c)) {
            ungetc(c, stdin);
            word();
        } else if (isspace(c)) {
            continue;
        } else {
            printf("mark %c (%#x)\n", isprint(c) ? c : '?', (unsigned)c);
        }
    }
    /* The rest in short pieces. */
    while (fgets(rest, sizeof rest, stdin)) {
        size_t length = strlen(rest);

        printf("piece of %zu%s\n", length,
               length > 0 && rest[length - 1] == '\n' ? " with the end" : "");
    }
    printf("%s, %s\n", feof(stdin) ? "end" : "not the end",
           ferror(stdin) ? "error" : "no error");
    clearerr(stdin);
    printf("%s after clearerr\n", feof(stdin) ? "end" : "not the end");
    ungetc('u', stdin);
    c = getchar();
    printf("pushed back %c\n", c);
    printf("then %s\n", getchar() == EOF ? "end" : "more");
    return 0;
}
