/* Stack overflow of procedures with frames of all sizes, survived on another
   stack, where the handler calls deeply before it leaves. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static sigjmp_buf back;
static volatile int survived, deepest;

static __attribute__((noipa)) int deep(int n)
{
    return n == 0 ? 0 : deep(n - 1) + 1;
}

static void overflowed(int number)
{
    (void)number;
    survived++;
    deepest += deep(50);
    printf("%.3f ", deepest / 8.0);
    siglongjmp(back, 1);
}

#define RECURSION(size)                                                   \
    static __attribute__((noipa)) int frame_of_##size(int n, int a, int b) \
    {                                                                     \
        volatile char frame[size];                                        \
                                                                          \
        frame[0] = (char)n;                                               \
        frame[size - 1] = (char)a;                                        \
        return n < 0 ? b : frame_of_##size(n + 1, b, a) + frame[0];       \
    }

RECURSION(1)
RECURSION(40)
RECURSION(104)
RECURSION(200)
RECURSION(333)
RECURSION(1000)
RECURSION(2000)
RECURSION(4000)

static void attempt(int (*recursion)(int, int, int))
{
    if (sigsetjmp(back, 1) == 0)
        recursion(0, 1, 2);
}

int main(void)
{
    static int (*const recursions[])(int, int, int) = {
        frame_of_1,   frame_of_40,   frame_of_104,  frame_of_200,
        frame_of_333, frame_of_1000, frame_of_2000, frame_of_4000,
    };
    struct sigaction action = { .sa_handler = overflowed, .sa_flags = SA_ONSTACK };
    stack_t stack = { .ss_size = 65536 };

    stack.ss_sp = malloc(stack.ss_size);
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    for (int round = 0; round < 3; round++)
        for (unsigned i = 0; i < sizeof recursions / sizeof recursions[0]; i++)
            attempt(recursions[i]);
    printf("\nsurvived %d\n", survived);
    return 0;
}
