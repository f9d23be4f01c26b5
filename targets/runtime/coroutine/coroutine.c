#include "coroutine.h"

enum { STACK_SIZE = 1024, ALIGNMENT = 16 };

struct coroutine {
    struct context itself, resumer;
    struct coroutine *outer;
    void (*run)(void *);
    void *argument;
    unsigned value;
    int ended;
    char *stack;
};

static struct coroutine *current;

static void begin(void *argument)
{
    struct coroutine *coroutine = argument;

    coroutine->run(coroutine->argument);
    coroutine->ended = 1;
    current = coroutine->outer;
    coroutine_leave(&coroutine->resumer);
}

struct coroutine *coroutine_create(void (*run)(void *), void *argument)
{
    struct coroutine *coroutine = malloc(sizeof *coroutine);
    char *top;

    if (coroutine == NULL)
        return NULL;
    memset(coroutine, 0, sizeof *coroutine);
    coroutine->stack = malloc(STACK_SIZE);
    if (coroutine->stack == NULL) {
        free(coroutine);
        return NULL;
    }
    coroutine->run = run;
    coroutine->argument = argument;
    top = coroutine->stack + STACK_SIZE;
    top -= (size_t)top % ALIGNMENT;
    coroutine_prepare(&coroutine->itself, top, begin, coroutine);
    return coroutine;
}

int coroutine_resume(struct coroutine *coroutine, unsigned *value)
{
    if (coroutine->ended)
        return 0;
    coroutine->outer = current;
    current = coroutine;
    coroutine_switch(&coroutine->resumer, &coroutine->itself);
    *value = coroutine->value;
    return !coroutine->ended;
}

void coroutine_yield(unsigned value)
{
    struct coroutine *coroutine = current;

    coroutine->value = value;
    current = coroutine->outer;
    coroutine_switch(&coroutine->itself, &coroutine->resumer);
}

void coroutine_destroy(struct coroutine *coroutine)
{
    memset(coroutine->stack, 0, STACK_SIZE);
    free(coroutine->stack);
    memset(coroutine, 0, sizeof *coroutine);
    free(coroutine);
}
