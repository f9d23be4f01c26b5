#define FRAME 96
#define FLUSH_WINDOWS 3

    .section ".text.set_jump", "ax", @progbits
    .globl set_jump
    .type set_jump, @function
set_jump:
    .cfi_startproc
    st %o7, [%o0]
    st %sp, [%o0 + 4]
    /* The window goes to its place on the stack, from where it is filled after
       a jump. */
    ta FLUSH_WINDOWS
    st %l0, [%sp]
    st %l1, [%sp + 4]
    st %l2, [%sp + 8]
    st %l3, [%sp + 12]
    st %l4, [%sp + 16]
    st %l5, [%sp + 20]
    st %l6, [%sp + 24]
    st %l7, [%sp + 28]
    st %i0, [%sp + 32]
    st %i1, [%sp + 36]
    st %i2, [%sp + 40]
    st %i3, [%sp + 44]
    st %i4, [%sp + 48]
    st %i5, [%sp + 52]
    st %fp, [%sp + 56]
    st %i7, [%sp + 60]
    retl
     mov 0, %o0
    .cfi_endproc
    .size set_jump, . - set_jump

    /* Without frame information: in the middle its registers belong to nobody. */
    .section ".text.long_jump", "ax", @progbits
    .globl long_jump
    .type long_jump, @function
long_jump:
    save %sp, -FRAME, %sp
    ta FLUSH_WINDOWS
    ld [%i0 + 4], %fp
    ld [%i0], %i7
    ret
     restore %i1, 0, %o0
    .size long_jump, . - long_jump

    .section ".note.GNU-stack", "", @progbits
