#include "runtime.h"

#include <stdint.h>

struct fault {
    char letter;
    const char *title;
    unsigned (*run)(void);
};

/* Made volatile so that the compiler cannot see the fault and drop it. */
static volatile unsigned zero;
static unsigned words[4] = { 11, 22, 33, 44 };

/* A plain return: only the missing permission stops it from running. */
static unsigned data_code[] = {
#if defined(__riscv)
    0x00008067,
#else
    0x81c3e008, 0x01000000,
#endif
};

static PROCEDURE unsigned jump_into_data(void)
{
    unsigned (*target)(unsigned) =
        (unsigned (*)(unsigned))((char *)data_code + zero);

    return target(7);
}

static PROCEDURE unsigned overflow_stack(void)
{
    volatile unsigned frame[64];

    frame[zero] = zero;
    return zero != 0 ? 0 : overflow_stack() + frame[zero];
}

static PROCEDURE unsigned illegal_instruction(void)
{
#if defined(__riscv)
    __asm__ volatile(".balign 4\n\t.word 0");
#else
    __asm__ volatile("unimp 0");
#endif
    return 0;
}

static PROCEDURE unsigned write_text(void)
{
    volatile unsigned *text = (unsigned *)((char *)illegal_instruction + zero);

    *text = zero;
    return *text;
}

static PROCEDURE unsigned read_null(void)
{
    return *(volatile unsigned *)(uintptr_t)zero;
}

static PROCEDURE unsigned load_misaligned(void)
{
    return *(volatile unsigned *)((char *)words + 1 + zero) != 0;
}

static PROCEDURE unsigned divide_by_zero(void)
{
    return words[3] / zero;
}

static PROCEDURE unsigned trap(void)
{
#if defined(__riscv)
    __asm__ volatile("ebreak");
#else
    __asm__ volatile("ta 1");
#endif
    return 0;
}

static const struct fault faults[] = {
    { 'j', "jump into data", jump_into_data },
    { 's', "overflow the stack", overflow_stack },
    { 'i', "illegal instruction", illegal_instruction },
    { 'w', "write to text", write_text },
    { 'n', "read null", read_null },
    { 'm', "misaligned load", load_misaligned },
    { 'd', "divide by zero", divide_by_zero },
    { 't', "breakpoint trap", trap },
};

int main(int argc, char **argv)
{
    const struct fault *fault = faults;
    char line[16];

    if (argc > 1)
        line[0] = argv[1][0];
    else if (read_line(line, sizeof line) < 0)
        line[0] = '\0';
    for (; fault < faults + sizeof faults / sizeof *faults; fault++) {
        if (fault->letter != line[0])
            continue;
        print("%s\n", fault->title);
        print("survived with %x\n", fault->run());
        return 0;
    }
    print("one letter of: j s i w n m d t\n");
    return 2;
}
