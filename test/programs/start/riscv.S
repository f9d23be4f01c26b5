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
    mv a0, sp
    andi sp, sp, -16
    li s0, 0
    call start
    .cfi_endproc
    .size _start, . - _start

    .section .note.GNU-stack, "", @progbits
