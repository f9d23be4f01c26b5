/* qsort and bsearch on numbers, records and strings, in awkward orders. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

enum { COUNT = 1500 };

static int compares;

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    compares++;
    return (x > y) - (x < y);
}

struct person {
    char name[13];
    short age;
    double height;
};

static int by_age_and_name(const void *a, const void *b)
{
    const struct person *x = a, *y = b;

    return x->age != y->age ? x->age - y->age : strcmp(x->name, y->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void numbers(const char *order, int (*at)(int))
{
    static int values[COUNT];
    uint32_t sum = 0;
    int found = 0;

    for (int i = 0; i < COUNT; i++)
        values[i] = at(i);
    qsort(values, COUNT, sizeof values[0], by_value);
    for (int i = 1; i < COUNT; i++)
        if (values[i - 1] > values[i])
            printf("out of order at %d\n", i);
    for (int i = 0; i < COUNT; i++)
        sum = fold(sum, (uint32_t)values[i]);
    for (int key = -10; key < 200; key++)
        found += bsearch(&key, values, COUNT, sizeof key, by_value) != NULL;
    printf("%-10s first %d last %d sum %08x found %d\n", order, values[0],
           values[COUNT - 1], (unsigned)sum, found);
}

static int rising(int i) { return i; }
static int falling(int i) { return -i; }
static int same(int i) { return i * 0 + 7; }
static int organ(int i) { return i < COUNT / 2 ? i : COUNT - i; }
static int random_value(int i) { return (int)chance() + i * 0; }
static int few(int i) { return (int)(chance() % 5) + i * 0; }

static void people(void)
{
    struct person list[60], key = { "p7", 0, 0 };

    for (int i = 0; i < 60; i++) {
        snprintf(list[i].name, sizeof list[i].name, "p%u", (unsigned)chance() % 30);
        list[i].age = (short)(chance() % 9);
        list[i].height = 1.5 + (chance() % 50) / 100.0;
    }
    qsort(list, 60, sizeof list[0], by_age_and_name);
    for (int i = 0; i < 60; i += 7)
        printf("%d %s %.2f\n", list[i].age, list[i].name, list[i].height);
    key.age = list[30].age;
    strcpy(key.name, list[30].name);
    printf("found %s\n", bsearch(&key, list, 60, sizeof key, by_age_and_name)
                             ? "the middle one" : "nothing");
}

static void words(void)
{
    const char *list[] = { "pear", "apple", "fig", "Apple", "", "figs", "plum" };

    qsort(list, 7, sizeof list[0], by_text);
    for (int i = 0; i < 7; i++)
        printf("'%s' ", list[i]);
    printf("\n");
}

int main(void)
{
    numbers("rising", rising);
    numbers("falling", falling);
    numbers("same", same);
    numbers("organ", organ);
    numbers("random", random_value);
    numbers("few", few);
    people();
    words();
    printf("%d comparisons\n", compares);
    return 0;
}
