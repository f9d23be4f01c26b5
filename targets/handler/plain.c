#include "handler.h"
#include "syscall.h"

enum { SET_SIZE = 8 };

struct action {
    void (*handler)(int);
    unsigned long flags;
    WHERE_TO_RETURN
    unsigned long mask[SET_SIZE / sizeof(long)];
};

void handle_plain(int number, void (*handler)(int))
{
    struct action action = { .handler = handler };

    SIGACTION_OF_KERNEL(number, &action, SET_SIZE);
}
