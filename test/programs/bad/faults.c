/* One fault of each kind, chosen by the argument. What does not trap on this
   machine goes on and says what it got. */
#include <fenv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Volatile, so that the compiler neither sees the fault nor drops it. */
static volatile uintptr_t zero;
static uint32_t words[4] = { 0x01020304, 0x05060708, 0x090a0b0c, 0x0d0e0f00 };

/* A plain return: only the missing permission keeps it from running. */
static const uint32_t data_code[] = {
#if defined(__riscv)
    0x00008067,
#else
    0x81c3e008, 0x01000000,
#endif
};

#define PROCEDURE static __attribute__((noipa)) long

PROCEDURE read_null(void) { return *(volatile int *)zero; }

PROCEDURE write_null(void)
{
    *(volatile int *)(zero + 16) = 1;
    return 0;
}

PROCEDURE call_null(void)
{
    ((void (*)(void))zero)();
    return 0;
}

PROCEDURE write_text(void)
{
    *(volatile int *)((uintptr_t)read_null + zero) = 1;
    return 0;
}

PROCEDURE write_constant(void)
{
    *(volatile char *)((uintptr_t) "constant" + zero) = 'C';
    return 0;
}

/* On the heap: on SPARC the data segment itself may be executed. */
PROCEDURE jump_into_data(void)
{
    void *copy = malloc(sizeof data_code);

    memcpy(copy, data_code, sizeof data_code);
    __asm__ volatile("" : : : "memory");
    ((void (*)(void))((uintptr_t)copy + zero))();
    return 0;
}

PROCEDURE jump_nowhere(void)
{
    ((void (*)(void))(zero + 0x7000000))();
    return 0;
}

PROCEDURE misaligned_read(void)
{
    return *(volatile int *)((uintptr_t)words + 1 + zero) != 0;
}

PROCEDURE misaligned_write(void)
{
    *(volatile short *)((uintptr_t)words + 1 + zero) = 7;
    return 0;
}

PROCEDURE misaligned_double(void)
{
    return *(volatile double *)((uintptr_t)words + 4 + zero) != 0;
}

PROCEDURE illegal_instruction(void)
{
#if defined(__riscv)
    __asm__ volatile(".4byte 0xffffffff");
#else
    __asm__ volatile("unimp 0");
#endif
    return 0;
}

PROCEDURE breakpoint(void)
{
#if defined(__riscv)
    __asm__ volatile("ebreak");
#else
    __asm__ volatile("ta 1");
#endif
    return 0;
}

PROCEDURE odd_trap(void)
{
#if defined(__sparc__)
    __asm__ volatile("ta 5");
#endif
    return 0;
}

PROCEDURE divide(void) { return 7 / (int)zero; }

PROCEDURE privileged(void)
{
#if defined(__riscv)
    __asm__ volatile("csrr zero, mstatus");
#else
    __asm__ volatile("rd %%psr, %%g1" : : : "g1");
#endif
    return 0;
}

PROCEDURE overflow_stack(void)
{
    volatile char frame[400];

    frame[zero] = 1;
    return zero != 0 ? 0 : overflow_stack() + frame[zero];
}

PROCEDURE lost_stack(void)
{
#if defined(__riscv)
    __asm__ volatile("li sp, 16\n\tsw zero, 0(sp)");
#else
    __asm__ volatile("mov 16, %sp\n\tsave %sp, -96, %sp\n\tta 3");
#endif
    return 0;
}

static const struct {
    const char *name;
    long (*run)(void);
} kinds[] = {
    { "read-null", read_null },
    { "write-null", write_null },
    { "call-null", call_null },
    { "write-text", write_text },
    { "write-constant", write_constant },
    { "jump-into-data", jump_into_data },
    { "jump-nowhere", jump_nowhere },
    { "misaligned-read", misaligned_read },
    { "misaligned-write", misaligned_write },
    { "misaligned-double", misaligned_double },
    { "illegal-instruction", illegal_instruction },
    { "breakpoint", breakpoint },
    { "odd-trap", odd_trap },
    { "divide", divide },
    { "privileged", privileged },
    { "overflow-stack", overflow_stack },
    { "lost-stack", lost_stack },
};

int main(int argc, char **argv)
{
    for (unsigned i = 0; argc > 1 && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, argv[1]) != 0)
            continue;
        printf("%s\n", argv[1]);
        fflush(stdout);
        printf("went on with %ld\n", kinds[i].run());
        return 0;
    }
    return 2;
}
