#define SYS_EXIT 1
#define SYS_RT_SIGRETURN 101
#define SYS_CLONE 217
#define FRAME 96

    .text
    .globl start_thread
    .type start_thread, @function
start_thread:
    .cfi_startproc
    save %sp, -FRAME, %sp
    .cfi_def_cfa_register 30
    .cfi_window_save
    .cfi_register 15, 31
    mov %i0, %o0
    and %i1, -16, %o1
    sub %o1, FRAME, %o1
    mov %i2, %o2
    /* No thread pointer; the child's number comes after it. */
    mov 0, %o3
    mov %i3, %o4
    mov SYS_CLONE, %g1
    ta 0x10
    bcs,a 2f
     sub %g0, %o0, %o0
    tst %o1
    bne 1f
     nop
2:  ret
     restore %o0, 0, %o0
    .cfi_undefined 15
1:  mov 0, %fp
    call %i4
     mov %i5, %o0
    mov 0, %o0
    mov SYS_EXIT, %g1
    ta 0x10
    unimp 0
    .cfi_endproc
    .size start_thread, . - start_thread

    .globl handler_return
    .type handler_return, @function
handler_return:
    mov SYS_RT_SIGRETURN, %g1
    ta 0x10
    unimp 0
    .size handler_return, . - handler_return

    /* A handler that is nothing but the return from it, if its number was
       asked for before the fault it handles, and such a fault. */
    .globl only_return
    .type only_return, @function
only_return:
    ta 0x10
    unimp 0
    .size only_return, . - only_return

    .globl fault_forever
    .type fault_forever, @function
fault_forever:
    mov SYS_RT_SIGRETURN, %g1
    ld [%g0], %o0
    retl
     nop
    .size fault_forever, . - fault_forever

    .section ".note.GNU-stack", "", @progbits
