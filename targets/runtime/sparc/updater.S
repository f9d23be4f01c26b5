    /* Put at the beginning of a page; struct updater lies 8192 bytes behind. */
    .section "updater_text", "ax", @progbits
    .globl updater_signal
    .type updater_signal, @function
updater_signal:
    .cfi_startproc
    mov %o7, %g1
    .cfi_register 15, 1
    call 1f
     mov %o2, %o1
1:  sethi %hi(8192), %o0
    add %o0, %o7, %o0
    sub %o0, 4, %o0
    ba updater_run
     mov %g1, %o7
    .cfi_endproc
    .size updater_signal, . - updater_signal

    .section ".note.GNU-stack", "", @progbits
