#include "session.h"

unsigned remote(unsigned n);

/* Beyond the reach of one jump or call instruction. */
__attribute__((section("remote_text"))) PROCEDURE unsigned remote(unsigned n)
{
    return n * 3 + 1;
}
