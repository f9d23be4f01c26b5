/* A program that is compared with itself: static locals of one name, tables, thread-local and floating point. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __thread int turns;
static const char *const names[] = {"nil", "one", "two", "three"};
int table[16];

__attribute__((noinline)) static int count(void);
__attribute__((noinline)) static double mean(int n);
__attribute__((noinline)) int choose(int n);

/* next */
static int count(void) {
  static int calls;
  return ++calls;
}

/* next */
static double mean(int n) {
  static int calls;
  double sum = 0;
  for (int i = 0; i < n; i++) sum += table[i & 15];
  return ++calls ? sum / n : 0;
}

/* next */
int choose(int n) {
  switch (n & 7) {
    case 0:
      return count();
    case 1:
      return puts("one");
    case 2:
      return (int)mean(n) + 7;
    case 3:
      return abs(n) * 3;
    case 4:
      table[n & 15]++;
      return 9;
    case 5:
      return strlen(names[n & 3]) > 3 ? 1 : 2;
    default:
      return turns++;
  }
}

/* next */
int main(int argc, char **argv) {
  (void)argv;
  for (int i = 0; i < 20 + argc; i++) table[i & 15] += choose(i);
  printf("%d %d %s\n", count(), (int)mean(16), names[argc & 3]);
  return 0;
}
