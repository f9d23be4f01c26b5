#define FRAME 96
#define FLUSH_WINDOWS 3

    /* A context is where to return to and the stack pointer, at which the
       window lies. */
    .section ".text.coroutine_switch", "ax", @progbits
    .globl coroutine_switch
    .type coroutine_switch, @function
coroutine_switch:
    .cfi_startproc
    save %sp, -FRAME, %sp
    .cfi_def_cfa_register 30
    .cfi_window_save
    .cfi_register 15, 31
    ta FLUSH_WINDOWS
    st %i7, [%i0]
    st %fp, [%i0 + 4]
    .cfi_endproc
    /* Without frame information: in the middle its registers belong to nobody. */
    ld [%i1 + 4], %fp
    ld [%i1], %i7
    ret
     restore
    .size coroutine_switch, . - coroutine_switch

    .globl coroutine_leave
    .type coroutine_leave, @function
coroutine_leave:
    save %sp, -FRAME, %sp
    ta FLUSH_WINDOWS
    ld [%i0 + 4], %fp
    ld [%i0], %i7
    ret
     restore
    .size coroutine_leave, . - coroutine_leave

    .globl coroutine_prepare
    .type coroutine_prepare, @function
coroutine_prepare:
    .cfi_startproc
    sub %o1, FRAME, %o1
    st %o1, [%o0 + 4]
    set first - 8, %g1
    st %g1, [%o0]
    st %o2, [%o1]
    st %o3, [%o1 + 4]
    /* No caller. */
    st %g0, [%o1 + 56]
    retl
     st %g0, [%o1 + 60]
    .cfi_endproc
    .size coroutine_prepare, . - coroutine_prepare

    .type first, @function
first:
    .cfi_startproc
    .cfi_undefined 15
    call %l0
     mov %l1, %o0
    unimp 0
    .cfi_endproc
    .size first, . - first

    .section ".note.GNU-stack", "", @progbits
