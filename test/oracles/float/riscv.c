/*
 * Does floating-point operations on operands from standard input and writes results and flags, for every
 * rounding mode. The order of the operations is that of test/oracles/float.test.ts.
 */
#include <stdint.h>
#include <stdio.h>

struct operands {
  uint64_t d[3];
  uint64_t integer;
  uint32_t s[3];
  uint32_t padding;
};

struct result {
  uint64_t value;
  uint64_t flags;
};

static struct result out[128];
static int count;

static void put(uint64_t value, uint64_t flags) {
  out[count].value = value;
  out[count].flags = flags;
  count++;
}

/* The operands are in ft0, ft1, ft2 and t0; `get` moves the result to %0. */
#define RUN(move, word, a, b, c, instruction, get)                                           \
  do {                                                                                       \
    uint64_t value, flags;                                                                   \
    __asm__ volatile(move " ft0, %2\n" move " ft1, %3\n" move " ft2, %4\n"                   \
                          "mv t0, %5\n"                                                      \
                          "fsflags zero\n" instruction "\n"                                  \
                          "frflags %1\n" get                                                 \
                     : "=&r"(value), "=&r"(flags)                                            \
                     : "r"((uint64_t)(a)), "r"((uint64_t)(b)), "r"((uint64_t)(c)), "r"(word) \
                     : "ft0", "ft1", "ft2", "ft3", "t0", "t1");                              \
    put(value, flags);                                                                       \
  } while (0)

#define DOUBLES(instruction, get) RUN("fmv.d.x", in->integer, in->d[0], in->d[1], in->d[2], instruction, get)
#define SINGLES(instruction, get) RUN("fmv.w.x", in->integer, in->s[0], in->s[1], in->s[2], instruction, get)
#define TO_DOUBLE "fmv.x.d %0, ft3"
#define TO_SINGLE "fmv.x.w %0, ft3"
#define TO_INTEGER "mv %0, t1"

#define ARITHMETIC(OF, suffix, get)                  \
  OF("fadd." suffix " ft3, ft0, ft1", get);          \
  OF("fsub." suffix " ft3, ft0, ft1", get);          \
  OF("fmul." suffix " ft3, ft0, ft1", get);          \
  OF("fdiv." suffix " ft3, ft0, ft1", get);          \
  OF("fsqrt." suffix " ft3, ft0", get);              \
  OF("fmadd." suffix " ft3, ft0, ft1, ft2", get);    \
  OF("fmsub." suffix " ft3, ft0, ft1, ft2", get);    \
  OF("fnmsub." suffix " ft3, ft0, ft1, ft2", get);   \
  OF("fnmadd." suffix " ft3, ft0, ft1, ft2", get);   \
  OF("fcvt." suffix ".l ft3, t0", get);              \
  OF("fcvt." suffix ".lu ft3, t0", get);             \
  OF("fcvt." suffix ".w ft3, t0", get);              \
  OF("fcvt.w." suffix " t1, ft0", TO_INTEGER);       \
  OF("fcvt.wu." suffix " t1, ft0", TO_INTEGER);      \
  OF("fcvt.l." suffix " t1, ft0", TO_INTEGER);       \
  OF("fcvt.lu." suffix " t1, ft0", TO_INTEGER);      \
  OF("feq." suffix " t1, ft0, ft1", TO_INTEGER);     \
  OF("flt." suffix " t1, ft0, ft1", TO_INTEGER);     \
  OF("fle." suffix " t1, ft0, ft1", TO_INTEGER)

static void all(const struct operands *in) {
  ARITHMETIC(DOUBLES, "d", TO_DOUBLE);
  DOUBLES("fcvt.s.d ft3, ft0", TO_SINGLE);
  ARITHMETIC(SINGLES, "s", TO_SINGLE);
  SINGLES("fcvt.d.s ft3, ft0", TO_DOUBLE);
}

int main(void) {
  struct operands in;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    for (uint64_t rm = 0; rm <= 4; rm++) {
      __asm__ volatile("fsrm %0" : : "r"(rm));
      count = 0;
      all(&in);
      fwrite(out, sizeof out[0], count, stdout);
    }
  }
  return 0;
}
