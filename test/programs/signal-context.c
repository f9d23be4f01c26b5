/* A handler changes what it will return to: mask, pc and registers. RISC-V
   only: on 32-bit SPARC the third argument is no ucontext_t. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void install(int number, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void change_mask(int number, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;

    (void)number;
    (void)info;
    sigaddset(&interrupted->uc_sigmask, SIGHUP);
}

/* Steps over the instruction that faulted and leaves a value as if it had
   loaded it. */
static void emulate(int number, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;
    unsigned long pc = interrupted->uc_mcontext.__gregs[REG_PC];

    (void)number;
    interrupted->uc_mcontext.__gregs[REG_A0] = (unsigned long)info->si_addr + 1000;
    interrupted->uc_mcontext.__gregs[REG_PC] = pc + 4;
}

static __attribute__((noipa)) long load(long address)
{
    register long a0 __asm__("a0") = address;

    __asm__ volatile(".option push; .option norvc; lw a0, 0(a0); .option pop"
                     : "+r"(a0)
                     :
                     : "memory");
    return a0;
}

static void change_float(int number, siginfo_t *info, void *context)
{
    ucontext_t *interrupted = context;

    (void)number;
    (void)info;
    interrupted->uc_mcontext.__fpregs.__d.__f[8] = 0x4004000000000000ULL; /* fs0 = 2.5 */
}

int main(void)
{
    register double value __asm__("fs0") = 1.25;
    sigset_t mask;

    install(SIGUSR1, change_mask);
    raise(SIGUSR1);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("hup masked: %d\n", sigismember(&mask, SIGHUP));
    install(SIGSEGV, emulate);
    for (long address = 0; address < 20; address += 4)
        printf("%ld ", load(address));
    printf("\n");
    install(SIGUSR2, change_float);
    __asm__ volatile("" : "+f"(value));
    kill(getpid(), SIGUSR2);
    __asm__ volatile("" : "+f"(value));
    printf("%g\n", value);
    return 0;
}
