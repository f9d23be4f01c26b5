#if __riscv_xlen == 64
#define LOAD_WORD ld
#define WORD_SIZE 8
#else
#define LOAD_WORD lw
#define WORD_SIZE 4
#endif

    .section .text._start, "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined ra
    /* Relaxed, this would read the register it is setting. */
    .option push
    .option norelax
    la gp, __global_pointer$
    .option pop
    LOAD_WORD a0, 0(sp)
    addi a1, sp, WORD_SIZE
    andi sp, sp, -16
    li s0, 0
    call main
    call exit
    .cfi_endproc
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
