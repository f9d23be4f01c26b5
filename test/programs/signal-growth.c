/* A stack that grows on demand: the handler makes one more page usable and
   returns, and what was on its way to the stack must arrive there. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 1 << 20, USABLE = 1 << 16 };

static char *stack, *usable;
static int grown;
static size_t page;

static __attribute__((noipa)) int deep(int n)
{
    return n == 0 ? 0 : deep(n - 1) + 1;
}

static void grow(int number, siginfo_t *info, void *context)
{
    char *address = info->si_addr;

    (void)number;
    (void)context;
    if (address < stack || address >= stack + SIZE)
        _exit(3);
    /* Calls enough to use every register window. */
    grown += deep(30) / 30;
    usable -= page;
    mprotect(usable, page, PROT_READ | PROT_WRITE);
}

static __attribute__((noipa)) long small(int n, long a, long b)
{
    return n == 0 ? a ^ b : small(n - 1, b + n, a * 3) + a - b;
}

static __attribute__((noipa)) long large(int n, double x)
{
    volatile long frame[40];

    frame[n % 40] = n;
    return n == 0 ? (long)x : large(n - 1, x * 1.001 + n) + frame[n % 40] * 2;
}

static void *work(void *unused)
{
    stack_t own = { .ss_size = 65536 };

    own.ss_sp = malloc(own.ss_size);
    sigaltstack(&own, NULL);
    printf("%08lx\n", small(3000, 1, 2) & 0xffffffff);
    printf("%ld\n", large(1000, 0.5));
    printf("%08lx\n", small(6000, 3, 5) & 0xffffffff);
    return unused;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = grow, .sa_flags = SA_SIGINFO | SA_ONSTACK };
    pthread_attr_t attributes;
    pthread_t thread;

    page = (size_t)sysconf(_SC_PAGESIZE);
    stack = mmap(NULL, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    usable = stack + SIZE - USABLE;
    mprotect(usable, USABLE, PROT_READ | PROT_WRITE);
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, SIZE);
    pthread_create(&thread, &attributes, work, NULL);
    pthread_join(thread, NULL);
    printf("grown %d\n", grown > 10);
    return 0;
}
