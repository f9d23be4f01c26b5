#if __riscv_xlen == 64
#define LOAD_WORD ld
#define STORE_WORD sd
#define WORD_SIZE 8
#else
#define LOAD_WORD lw
#define STORE_WORD sw
#define WORD_SIZE 4
#endif
#define SYS_EXIT 93
#define SYS_CLONE 220
#define SYS_RT_SIGRETURN 139

    .text
    .globl start_thread
    .type start_thread, @function
start_thread:
    .cfi_startproc
    andi a1, a1, -16
    addi a1, a1, -16
    STORE_WORD a4, 0(a1)
    STORE_WORD a5, WORD_SIZE(a1)
    /* No thread pointer; the child's number comes after it. */
    mv a4, a3
    li a3, 0
    li a7, SYS_CLONE
    ecall
    beqz a0, 1f
    ret
    .cfi_undefined ra
1:  LOAD_WORD a1, 0(sp)
    LOAD_WORD a0, WORD_SIZE(sp)
    addi sp, sp, 16
    li s0, 0
    jalr a1
    li a0, 0
    li a7, SYS_EXIT
    ecall
    .cfi_endproc
    .size start_thread, . - start_thread

    /* A handler that is nothing but the return from it, if its number was
       asked for before the fault it handles, and such a fault. */
    .globl only_return
    .type only_return, @function
only_return:
    ecall
    .size only_return, . - only_return

    .globl fault_forever
    .type fault_forever, @function
fault_forever:
    li a7, SYS_RT_SIGRETURN
    lw a0, 0(zero)
    ret
    .size fault_forever, . - fault_forever

    .section .note.GNU-stack, "", @progbits
