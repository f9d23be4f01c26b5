/* Faults that are caught: which signal, which code, and whether the address is
   that of the access or of the instruction. */
#define _GNU_SOURCE
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static sigjmp_buf back;
static volatile int got_number, got_code;
static volatile uintptr_t got_address;
static volatile uintptr_t zero;
static uint64_t words[4];

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    got_number = number;
    got_code = info->si_code;
    got_address = (uintptr_t)info->si_addr;
    siglongjmp(back, 1);
}

#define PROCEDURE static __attribute__((noipa)) void

PROCEDURE read_misaligned(void) { (void)*(volatile int *)((char *)words + 2 + zero); }
PROCEDURE write_misaligned(void) { *(volatile int *)((char *)words + 2 + zero) = 1; }

PROCEDURE illegal(void)
{
#if defined(__riscv)
    __asm__ volatile(".4byte 0xffffffff");
#else
    __asm__ volatile("unimp 0");
#endif
}

PROCEDURE breakpoint(void)
{
#if defined(__riscv)
    __asm__ volatile("ebreak");
#else
    __asm__ volatile("ta 1");
#endif
}

#if defined(__sparc__)
PROCEDURE odd_trap(void) { __asm__ volatile("ta 5"); }
PROCEDURE jump_misaligned(void) { __asm__ volatile("jmp %0 + 2\n\tnop" : : "r"(zero)); }
PROCEDURE divide(void) { got_code = 7 / (int)zero; }
PROCEDURE divide_wide(void) { got_code = (int)(7000000000LL / (long long)zero); }

PROCEDURE divide_double(void)
{
    volatile double x = 1, y = (double)zero;

    feenableexcept(FE_DIVBYZERO);
    x = x / y;
    /* Traps at the latest when its result is looked at. */
    fetestexcept(FE_ALL_EXCEPT);
}

PROCEDURE invalid_double(void)
{
    volatile double x = 0, y = (double)zero;

    feenableexcept(FE_INVALID);
    x = x / y;
    fetestexcept(FE_ALL_EXCEPT);
}
#endif

static void attempt(const char *what, void (*procedure)(void))
{
    uintptr_t data = (uintptr_t)words + 2, code = (uintptr_t)procedure;

    got_number = 0;
    if (sigsetjmp(back, 1) == 0)
        procedure();
#if defined(__sparc__)
    fedisableexcept(FE_ALL_EXCEPT);
    feclearexcept(FE_ALL_EXCEPT);
#endif
    if (got_number == 0)
        printf("%s: nothing\n", what);
    else
        printf("%s: %s, code %d, %s\n", what, strsignal(got_number), got_code,
               got_address == data                               ? "the data"
               : got_address >= code && got_address < code + 256 ? "the code"
                                                                 : "elsewhere");
}

int main(void)
{
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE };
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

    for (int i = 0; i < 5; i++)
        sigaction(numbers[i], &action, NULL);
    attempt("read misaligned", read_misaligned);
    attempt("write misaligned", write_misaligned);
    attempt("illegal", illegal);
    attempt("breakpoint", breakpoint);
#if defined(__sparc__)
    attempt("odd trap", odd_trap);
    attempt("jump misaligned", jump_misaligned);
    attempt("divide", divide);
    attempt("divide wide", divide_wide);
    attempt("divide double", divide_double);
    attempt("invalid double", invalid_double);
#endif
    return 0;
}
