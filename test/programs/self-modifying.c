/* Code written at run time, called, changed and called again. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

typedef int (*function)(int);

static uint32_t *code;

/* The compiler's __builtin___clear_cache does nothing on SPARC. */
static void synchronize(void *from, size_t size)
{
#if defined(__sparc__)
    for (char *at = from; at < (char *)from + size; at += 8)
        __asm__ volatile("flush %0" : : "r"(at) : "memory");
#else
    __builtin___clear_cache((char *)from, (char *)from + size);
#endif
}

/* return x + n, n between 0 and 2047 */
static void write_adder(int n)
{
#if defined(__riscv)
    code[0] = 0x00050513u | (uint32_t)n << 20; /* addi a0, a0, n */
    code[1] = 0x00008067u;                     /* ret */
#else
    code[0] = 0x81c3e008u;               /* retl */
    code[1] = 0x90022000u | (uint32_t)n; /* add %o0, n, %o0 */
#endif
    synchronize(code, 8);
}

/* A procedure that calls another and adds: copied as it is compiled. */
static __attribute__((noinline, noclone)) int twice_plus(int x)
{
    return x * 2 + 5;
}

int main(void)
{
    function made;
    int sum = 0;

    code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED)
        return 2;
    made = (function)(void *)code;
    write_adder(1);
    printf("%d\n", made(41));
    write_adder(1000);
    printf("%d\n", made(41));
    for (int i = 0; i < 500; i++) {
        write_adder(i % 2048);
        sum += made(i);
    }
    printf("%d\n", sum);

    /* Written without permission to execute, then made executable. */
    mprotect(code, 8192, PROT_READ | PROT_WRITE);
    memcpy(code, (const void *)(uintptr_t)twice_plus, 32);
    mprotect(code, 8192, PROT_READ | PROT_EXEC);
    synchronize(code, 32);
    printf("%d %d\n", made(10), twice_plus(10));
    return 0;
}
