#include "session.h"

unsigned misaligned(unsigned n);

#ifdef __riscv
/* One instruction of two bytes before it. */
__asm__(".section edge_text, \"ax\"\n"
        ".type pad, @function\n"
        "pad: ret\n"
        ".size pad, . - pad\n"
        ".previous");
#endif

__attribute__((section("edge_text"), noipa)) unsigned misaligned(unsigned n)
{
    return n * 3 + 1;
}
