/* A handler on a stack of its own, and what sigaltstack says meanwhile. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 64 * 1024 };

static char *own_stack;
static sigjmp_buf back;

static int is_on_own_stack(const volatile void *place)
{
    return (uintptr_t)place >= (uintptr_t)own_stack &&
           (uintptr_t)place < (uintptr_t)own_stack + SIZE;
}

static void show_stack(const char *when)
{
    stack_t now;

    sigaltstack(NULL, &now);
    printf("%s: %s%s, ours %d, size %zu\n", when,
           now.ss_flags & SS_ONSTACK ? "in use" : "not in use",
           now.ss_flags & SS_DISABLE ? " and disabled" : "",
           now.ss_sp == own_stack, (size_t)now.ss_size);
}

static void handler(int number, siginfo_t *info, void *context)
{
    volatile char local = 1;

    (void)info;
    (void)context;
    printf("%s on its own stack: %d\n", strsignal(number), is_on_own_stack(&local));
#if !defined(__sparc__)
    printf("context says so: %d\n",
           ((ucontext_t *)context)->uc_stack.ss_sp == own_stack);
#endif
    show_stack("inside");
    if (number == SIGUSR1)
        raise(SIGUSR2);
}

static volatile int depth;

static int endless(int n)
{
    volatile char frame[4096];

    frame[0] = (char)n;
    depth = n;
    return n < 0 ? 0 : endless(n + 1) + frame[0];
}

static void overflowed(int number)
{
    volatile char local = 1;

    printf("%s on its own stack: %d\n", strsignal(number), is_on_own_stack(&local));
    siglongjmp(back, 1);
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = handler,
                                .sa_flags = SA_SIGINFO | SA_ONSTACK };
    stack_t stack = { .ss_size = SIZE }, none = { .ss_flags = SS_DISABLE };

    show_stack("at the start");
    own_stack = malloc(SIZE);
    stack.ss_sp = own_stack;
    printf("sigaltstack: %d\n", sigaltstack(&stack, NULL));
    show_stack("set");
    sigemptyset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR1);
    show_stack("after");

    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &action, NULL);
    raise(SIGUSR2);

    /* The only way to survive a stack overflow. */
    action.sa_handler = overflowed;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGSEGV, &action, NULL);
    if (sigsetjmp(back, 1) == 0)
        endless(0);
    printf("came back, deep enough: %d\n", depth > 1000);
    show_stack("after the overflow");

    stack.ss_size = 16;
    printf("too small: %d\n", sigaltstack(&stack, NULL));
    printf("disabled: %d\n", sigaltstack(&none, NULL));
    show_stack("disabled");
    return 0;
}
