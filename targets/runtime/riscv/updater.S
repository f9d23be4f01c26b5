    /* Put at the beginning of a page; struct updater lies 8192 bytes behind. */
    .section updater_text, "ax", @progbits
    .globl updater_signal
    .type updater_signal, @function
updater_signal:
    .cfi_startproc
    auipc a0, 2
    mv a1, a2
    j updater_run
    .cfi_endproc
    .size updater_signal, . - updater_signal

    .section .note.GNU-stack, "", @progbits
