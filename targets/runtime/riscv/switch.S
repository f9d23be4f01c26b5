#if __riscv_xlen == 64
#define LOAD_WORD ld
#define STORE_WORD sd
#define WORD_SIZE 8
#else
#define LOAD_WORD lw
#define STORE_WORD sw
#define WORD_SIZE 4
#endif

    .macro each operation
    \operation ra, 0(a0)
    \operation sp, WORD_SIZE(a0)
    \operation s0, 2*WORD_SIZE(a0)
    \operation s1, 3*WORD_SIZE(a0)
    \operation s2, 4*WORD_SIZE(a0)
    \operation s3, 5*WORD_SIZE(a0)
    \operation s4, 6*WORD_SIZE(a0)
    \operation s5, 7*WORD_SIZE(a0)
    \operation s6, 8*WORD_SIZE(a0)
    \operation s7, 9*WORD_SIZE(a0)
    \operation s8, 10*WORD_SIZE(a0)
    \operation s9, 11*WORD_SIZE(a0)
    \operation s10, 12*WORD_SIZE(a0)
    \operation s11, 13*WORD_SIZE(a0)
    .endm

    .section .text.coroutine_switch, "ax", @progbits
    .globl coroutine_switch
    .type coroutine_switch, @function
coroutine_switch:
    .cfi_startproc
    each STORE_WORD
    mv a0, a1
    tail coroutine_leave
    .cfi_endproc
    .size coroutine_switch, . - coroutine_switch

    /* Without frame information: in the middle its registers belong to nobody. */
    .globl coroutine_leave
    .type coroutine_leave, @function
coroutine_leave:
    each LOAD_WORD
    ret
    .size coroutine_leave, . - coroutine_leave

    .globl coroutine_prepare
    .type coroutine_prepare, @function
coroutine_prepare:
    .cfi_startproc
    STORE_WORD a1, WORD_SIZE(a0)
    STORE_WORD a2, 2*WORD_SIZE(a0)
    STORE_WORD a3, 3*WORD_SIZE(a0)
    la a1, first
    STORE_WORD a1, 0(a0)
    ret
    .cfi_endproc
    .size coroutine_prepare, . - coroutine_prepare

    .type first, @function
first:
    .cfi_startproc
    .cfi_undefined ra
    mv a0, s1
    jalr s0
    ebreak
    .cfi_endproc
    .size first, . - first

    .section .note.GNU-stack, "", @progbits
