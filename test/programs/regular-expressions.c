/* POSIX regular expressions. */
#include <regex.h>
#include <stdio.h>

static void match(const char *pattern, const char *text, int flags)
{
    regmatch_t parts[4];
    regex_t regex;
    char message[80];
    int error = regcomp(&regex, pattern, flags);

    if (error != 0) {
        regerror(error, &regex, message, sizeof message);
        printf("/%s/ is wrong: %s\n", pattern, message);
        return;
    }
    error = regexec(&regex, text, 4, parts, 0);
    printf("/%s/ on '%s':", pattern, text);
    if (error != 0)
        printf(" no match");
    else
        for (int i = 0; i < 4 && parts[i].rm_so >= 0; i++)
            printf(" [%d,%d) %.*s", (int)parts[i].rm_so, (int)parts[i].rm_eo,
                   (int)(parts[i].rm_eo - parts[i].rm_so), text + parts[i].rm_so);
    printf("\n");
    regfree(&regex);
}

int main(void)
{
    match("abc", "xxabcxx", REG_EXTENDED);
    match("^a+b*c$", "aaabbc", REG_EXTENDED);
    match("^a+b*c$", "aaabbcd", REG_EXTENDED);
    match("([a-z]+)=([0-9]+)", "size=42;", REG_EXTENDED);
    match("(a|ab)(c|bcd)(d*)", "abcd", REG_EXTENDED);
    match("x{2,3}y?", "axxxxb", REG_EXTENDED);
    match("[[:alpha:]_][[:alnum:]_]*", "  _name9 ", REG_EXTENDED);
    match("HELLO", "say hello", REG_EXTENDED | REG_ICASE);
    match("\\(a*\\)b\\1", "aabaa", 0);
    match("a.c", "a\nc abc", REG_EXTENDED | REG_NEWLINE);
    match("^b", "a\nb", REG_EXTENDED | REG_NEWLINE);
    match("[^,]*,([^,]*),", "one,two,three", REG_EXTENDED);
    match("(((a)))", "a", REG_EXTENDED);
    match("", "anything", REG_EXTENDED);
    match("(unclosed", "x", REG_EXTENDED);
    match("[z-a]", "x", REG_EXTENDED);
    match("*", "x", REG_EXTENDED);
    match("(a*)*b", "aaaaaaaaaaaaaaaab", REG_EXTENDED);
    return 0;
}
