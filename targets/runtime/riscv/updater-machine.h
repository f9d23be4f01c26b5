#ifndef UPDATER_MACHINE_H
#define UPDATER_MACHINE_H

/* What the in-process handler needs of RISC-V. Linux, arch/riscv: struct
   ucontext has pc, x1 to x31 behind 1024 blocked signals. */

enum {
    SYS_MUNMAP = 215,
    SYS_FLUSH_ICACHE = 259,
    SYS_RT_SIGPROCMASK = 135,
    PLAN_ISA = 243 << 16 | __riscv_xlen / 8 << 8,
    /* Longs from the context to its pc. */
    CONTEXT_PC = __riscv_xlen == 64 ? 22 : 40,
    CONTEXT_RA = CONTEXT_PC + 1,
    CONTEXT_SP = CONTEXT_PC + 2,
    /* The other link register of the psABI. */
    CONTEXT_LINK = CONTEXT_PC + 5,
    /* Of the alternate stack: where it starts; flags; bytes. */
    CONTEXT_STACK = 2,
};

static inline __attribute__((always_inline)) void flush_windows(void)
{
}

/* fence.i, which some assemblers take for an extension: only instructions fetched
   from here on matter to a process of one thread; the call reaches its other harts,
   should it move. */
static inline __attribute__((always_inline)) void synchronize(unsigned long start, unsigned long end)
{
    __asm__ volatile(".4byte 0x100f" : : : "memory");
    system_call(SYS_FLUSH_ICACHE, (long)start, (long)end, 0);
}

#endif
