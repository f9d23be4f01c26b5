#include "concurrent.h"
#include "jump.h"
#include "session.h"

/* Where to go on after giving up. */
extern jump_buffer surface;
extern const unsigned rates[4];
extern const struct moment nap;

unsigned attempt(unsigned number);
unsigned lend(unsigned number);
unsigned claim(void);
unsigned doze(unsigned number);
void open_page(const void *constant);
unsigned cover(unsigned number);
__attribute__((noreturn)) void stop(unsigned number);
