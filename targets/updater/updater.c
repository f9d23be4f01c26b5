/* The in-process handler alone, for suture to put into a process: this program
   is never run. Its linker keeps what updater_signal needs, see build.json.

   The action of the signal stands at the beginning of a page, UPDATER_CODE bytes
   before struct updater, and finds that block from where it stands itself. */
#include "updater.h"

_Static_assert(UPDATER_CODE == 8192, "the entry below says 2 pages, and 8192");

#ifdef __sparc__
__asm__(".section \"updater_text\", \"ax\", @progbits\n"
        ".globl updater_signal\n"
        ".type updater_signal, @function\n"
        "updater_signal:\n\t"
        "mov %o7, %g1\n\t"
        "call 1f\n\t"
        " mov %o2, %o1\n"
        "1:\n\t"
        "sethi %hi(8192), %o0\n\t"
        "add %o0, %o7, %o0\n\t"
        "sub %o0, 4, %o0\n\t"
        "ba updater_run\n\t"
        " mov %g1, %o7\n"
        ".size updater_signal, . - updater_signal\n"
        ".text\n");
#else
__asm__(".section updater_text, \"ax\", @progbits\n"
        ".globl updater_signal\n"
        ".type updater_signal, @function\n"
        "updater_signal:\n\t"
        "auipc a0, 2\n\t"
        "mv a1, a2\n\t"
        "j updater_run\n"
        ".size updater_signal, . - updater_signal\n"
        ".text\n");
#endif
