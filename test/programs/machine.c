/* Assembles a program for a small stack machine from standard input and runs
   it: two passes, a computed goto, and a limit on the steps. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPERATIONS(X)                                                                  \
    X(push) X(add) X(sub) X(mul) X(div) X(mod) X(dup) X(swap) X(drop) X(jump) X(zero)  \
    X(less) X(call) X(ret) X(print) X(load) X(store) X(halt)

enum {
#define X(name) op_##name,
    OPERATIONS(X)
#undef X
    OPERATION_COUNT
};

static const char *const names[] = {
#define X(name) #name,
    OPERATIONS(X)
#undef X
};

enum { LARGEST = 400, LABELS = 40 };

static int code[LARGEST], used;
static struct {
    char name[12];
    int at;
} labels[LABELS];
static int label_count;
static struct {
    char label[12];
    int at;
} fixups[LARGEST];
static int fixup_count;

static void word(const char *text)
{
    size_t length = strlen(text);

    if (used >= LARGEST - 1 || label_count >= LABELS)
        exit(3);
    if (text[length - 1] == ':') {
        snprintf(labels[label_count].name, sizeof labels[0].name, "%.*s", (int)length - 1,
                 text);
        labels[label_count++].at = used;
        return;
    }
    for (int i = 0; i < OPERATION_COUNT; i++)
        if (!strcmp(text, names[i])) {
            code[used++] = i;
            return;
        }
    if (isdigit((unsigned char)text[0]) || text[0] == '-') {
        code[used++] = atoi(text);
        return;
    }
    snprintf(fixups[fixup_count].label, sizeof fixups[0].label, "%.11s", text);
    fixups[fixup_count++].at = used++;
}

static int resolve(void)
{
    for (int i = 0; i < fixup_count; i++) {
        int found = -1;

        for (int k = 0; k < label_count; k++)
            if (!strcmp(labels[k].name, fixups[i].label))
                found = labels[k].at;
        if (found < 0) {
            printf("no label %s\n", fixups[i].label);
            return 0;
        }
        code[fixups[i].at] = found;
    }
    return 1;
}

static int run(long limit)
{
    static const void *const places[] = {
#define X(name) &&do_##name,
        OPERATIONS(X)
#undef X
    };
    int stack[200], calls[100], variables[8] = { 0 }, kept;
    int *top = stack, *frame = calls, *pc = code;
    long steps = 0;

#define NEXT                          \
    do {                              \
        if (++steps > limit)          \
            goto do_halt;             \
        goto *places[*pc++];          \
    } while (0)
    NEXT;
do_push:
    *++top = *pc++;
    NEXT;
do_add:
    top--;
    *top += top[1];
    NEXT;
do_sub:
    top--;
    *top -= top[1];
    NEXT;
do_mul:
    top--;
    *top *= top[1];
    NEXT;
do_div:
    top--;
    *top /= top[1];
    NEXT;
do_mod:
    top--;
    *top %= top[1];
    NEXT;
do_dup:
    top++;
    *top = top[-1];
    NEXT;
do_swap:
    kept = *top;
    *top = top[-1];
    top[-1] = kept;
    NEXT;
do_drop:
    top--;
    NEXT;
do_jump:
    pc = code + *pc;
    NEXT;
do_zero:
    pc = *top-- == 0 ? code + *pc : pc + 1;
    NEXT;
do_less:
    top--;
    *top = *top < top[1];
    NEXT;
do_call:
    *++frame = (int)(pc + 1 - code);
    pc = code + *pc;
    NEXT;
do_ret:
    pc = code + *frame--;
    NEXT;
do_print:
    printf("%d\n", *top--);
    NEXT;
do_load:
    *++top = variables[*pc++];
    NEXT;
do_store:
    variables[*pc++] = *top--;
    NEXT;
do_halt:
    printf("%ld steps\n", steps);
    return (int)(top - stack);
}

int main(void)
{
    char text[12];

    while (scanf("%11s", text) == 1)
        word(text);
    printf("%d words, %d labels\n", used, label_count);
    return resolve() ? run(300000) : 2;
}
