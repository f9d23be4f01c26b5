/*
 * Does floating-point operations on operands from standard input and writes results and %fsr, for every
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
  uint32_t fsr;
  uint32_t padding;
};

static struct result out[64];
static int count;

/* The operands are in %f0 and %f2, or %f4 for integers, and the result in %f8 and %f9. */
#define RUN(load, a, b, instruction)                                                          \
  do {                                                                                        \
    __asm__ volatile(load " [%1], %%f0\n" load " [%2], %%f2\n"                                \
                          "ldd [%3], %%f4\n"                                                  \
                          "ldd [%4], %%f8\n"                                                  \
                          "ld [%5], %%fsr\n" instruction "\n"                                 \
                          "std %%f8, [%0]\n"                                                  \
                          "st %%fsr, [%0 + 8]"                                                \
                     :                                                                        \
                     : "r"(&out[count]), "r"(a), "r"(b), "r"(&in->integer), "r"(&zero),       \
                       "r"(&fsr)                                                              \
                     : "memory", "f0", "f1", "f2", "f3", "f4", "f5", "f8", "f9");             \
    count++;                                                                                  \
  } while (0)

#define DOUBLES(instruction) RUN("ldd", &in->d[0], &in->d[1], instruction)
#define SINGLES(instruction) RUN("ld", &in->s[0], &in->s[1], instruction)

static void all(const struct operands *in, uint32_t fsr) {
  static const uint64_t zero = 0;
  DOUBLES("faddd %%f0, %%f2, %%f8");
  DOUBLES("fsubd %%f0, %%f2, %%f8");
  DOUBLES("fmuld %%f0, %%f2, %%f8");
  DOUBLES("fdivd %%f0, %%f2, %%f8");
  DOUBLES("fsqrtd %%f0, %%f8");
  DOUBLES("fxtod %%f4, %%f8");
  DOUBLES("fitod %%f4, %%f8");
  DOUBLES("fdtoi %%f0, %%f8");
  DOUBLES("fdtox %%f0, %%f8");
  DOUBLES("fcmpd %%fcc0, %%f0, %%f2");
  DOUBLES("fcmped %%fcc0, %%f0, %%f2");
  DOUBLES("fdtos %%f0, %%f8");
  SINGLES("fadds %%f0, %%f2, %%f8");
  SINGLES("fsubs %%f0, %%f2, %%f8");
  SINGLES("fmuls %%f0, %%f2, %%f8");
  SINGLES("fdivs %%f0, %%f2, %%f8");
  SINGLES("fsqrts %%f0, %%f8");
  SINGLES("fxtos %%f4, %%f8");
  SINGLES("fitos %%f4, %%f8");
  SINGLES("fstoi %%f0, %%f8");
  SINGLES("fstox %%f0, %%f8");
  SINGLES("fcmps %%fcc0, %%f0, %%f2");
  SINGLES("fcmpes %%fcc0, %%f0, %%f2");
  SINGLES("fstod %%f0, %%f8");
  SINGLES("fsmuld %%f0, %%f2, %%f8");
}

int main(void) {
  struct operands in;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    for (uint32_t rd = 0; rd <= 3; rd++) {
      count = 0;
      all(&in, rd << 30);
      fwrite(out, sizeof out[0], count, stdout);
    }
  }
  return 0;
}
