#ifndef UPDATER_MACHINE_H
#define UPDATER_MACHINE_H

/* What the in-process handler needs of SPARC. Linux, arch/sparc: a handler that
   takes information gets struct pt_regs as its context: psr, pc, npc, y, g0 to
   g7, o0 to o7. It lies in the signal frame, which begins with the save area of
   the interrupted window. */

/* Words from the beginning of the frame to its context. */
#define FRAME_TO_CONTEXT 56

enum {
    SYS_MUNMAP = 73,
    SYS_RT_SIGPROCMASK = 103,
    PLAN_ISA = 2 << 16 | 4 << 8,
    CONTEXT_PC = 1,
    CONTEXT_NPC = 2,
    CONTEXT_SP = 18,
    CONTEXT_RA = 19,
    /* g1, where a procedure without a window may keep its return address. */
    CONTEXT_LINK = 5,
    /* Of the alternate stack: where it starts; flags; bytes. */
    CONTEXT_STACK = 25,
    SAVED_FP = 14,
    SAVED_RETURN = 15,
    /* mov 101, %g1 and mov 216, %g1: what a handler returns to. */
    RT_SIGRETURN = 0x82102065,
    SIGRETURN = 0x821020d8,
};

static inline __attribute__((always_inline)) void flush_windows(void)
{
    __asm__ volatile("ta 3" : : : "memory");
}

static inline __attribute__((always_inline)) void synchronize(unsigned long start, unsigned long end)
{
    for (start &= -8ul; start < end; start += 8)
        __asm__ volatile("flush %0" : : "r"(start) : "memory");
}

#endif
