/* Counts the words of standard input in a hash table and lists the commonest. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
    struct word *next;
    int count;
    char text[];
};

enum { BUCKETS = 61 };

static struct word *buckets[BUCKETS];
static int distinct;

static unsigned hash(const char *text)
{
    unsigned value = 5381;

    while (*text)
        value = value * 33 + (unsigned char)*text++;
    return value % BUCKETS;
}

static void count(const char *text)
{
    struct word **link = &buckets[hash(text)];

    for (; *link; link = &(*link)->next)
        if (!strcmp((*link)->text, text)) {
            (*link)->count++;
            return;
        }
    *link = calloc(1, sizeof **link + strlen(text) + 1);
    (*link)->count = 1;
    strcpy((*link)->text, text);
    distinct++;
}

static int by_count(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a, *y = *(struct word *const *)b;

    return x->count != y->count ? y->count - x->count : strcmp(x->text, y->text);
}

int main(void)
{
    struct word **list;
    char text[30];
    size_t length = 0;
    int c, filled = 0, total = 0;

    do {
        c = getchar();
        if (c != EOF && isalpha(c)) {
            if (length < sizeof text - 1)
                text[length++] = (char)tolower(c);
        } else if (length > 0) {
            text[length] = '\0';
            count(text);
            total++;
            length = 0;
        }
    } while (c != EOF);
    list = malloc((size_t)distinct * sizeof *list);
    for (int i = 0; i < BUCKETS; i++)
        for (struct word *word = buckets[i]; word; word = word->next)
            list[filled++] = word;
    qsort(list, (size_t)distinct, sizeof *list, by_count);
    for (int i = 0; i < distinct && i < 12; i++)
        printf("%5d %s\n", list[i]->count, list[i]->text);
    printf("%d words, %d distinct\n", total, distinct);
    return 0;
}
