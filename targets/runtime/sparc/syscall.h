#ifndef SYSCALL_H
#define SYSCALL_H

enum {
    SYS_READ = 3,
    SYS_WRITE = 4,
    SYS_BRK = 17,
    SYS_MMAP = 71,
    SYS_MPROTECT = 74,
    SYS_EXIT_GROUP = 188,
};

/* The carry flag tells an error; the answer is made negative, as elsewhere. */
#define SYSTEM_TRAP           \
    "ta 0x10\n\t"             \
    "bcc 1f\n\t"              \
    " nop\n\t"                \
    "sub %%g0, %%o0, %%o0\n" \
    "1:"

static inline long system_call6(long number, long a, long b, long c, long d,
                                long e, long f)
{
    register long g1 __asm__("g1") = number;
    register long o0 __asm__("o0") = a;
    register long o1 __asm__("o1") = b;
    register long o2 __asm__("o2") = c;
    register long o3 __asm__("o3") = d;
    register long o4 __asm__("o4") = e;
    register long o5 __asm__("o5") = f;

    __asm__ volatile(SYSTEM_TRAP
                     : "+r"(o0), "+r"(g1), "+r"(o1)
                     : "r"(o2), "r"(o3), "r"(o4), "r"(o5)
                     : "g2", "g3", "g4", "g5", "cc", "memory");
    return o0;
}

static inline long system_call(long number, long a, long b, long c)
{
    register long g1 __asm__("g1") = number;
    register long o0 __asm__("o0") = a;
    register long o1 __asm__("o1") = b;
    register long o2 __asm__("o2") = c;

    __asm__ volatile(SYSTEM_TRAP
                     : "+r"(o0), "+r"(g1), "+r"(o1)
                     : "r"(o2)
                     : "g2", "g3", "g4", "g5", "cc", "memory");
    return o0;
}

#endif
