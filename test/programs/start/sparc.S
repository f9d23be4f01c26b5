    .section ".text._start", "ax", @progbits
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined 15
    /* The kernel leaves room for a register window below argc. */
    add %sp, 64, %o0
    and %sp, -8, %sp
    sub %sp, 96, %sp
    call start
     mov 0, %fp
    unimp 0
    .cfi_endproc
    .size _start, . - _start

    .section ".note.GNU-stack", "", @progbits
