// Makes the system calls it is told on standard input, and tells what came of them on standard output.
// A request: int number, unsigned pointers (bit i: argument i is an offset into the buffer), int length,
// six 64-bit arguments, `length` bytes for the beginning of the buffer. An answer: 64-bit result (the
// error as a negative number), second result, and the buffer.

enum { SIZE = 4096 };

static unsigned char buffer[SIZE] __attribute__((aligned(16)));

static long second;

#ifdef __riscv
static long call(long number, const long *a) {
  register long a0 __asm__("a0") = a[0];
  register long a1 __asm__("a1") = a[1];
  register long a2 __asm__("a2") = a[2];
  register long a3 __asm__("a3") = a[3];
  register long a4 __asm__("a4") = a[4];
  register long a5 __asm__("a5") = a[5];
  register long a7 __asm__("a7") = number;
  __asm__ volatile("ecall" : "+r"(a0) : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7) : "memory");
  return a0;
}
enum { READ = 63, WRITE = 64, EXIT = 93 };
#else
static long call(long number, const long *a) {
  register long o0 __asm__("o0") = a[0];
  register long o1 __asm__("o1") = a[1];
  register long o2 __asm__("o2") = a[2];
  register long o3 __asm__("o3") = a[3];
  register long o4 __asm__("o4") = a[4];
  register long o5 __asm__("o5") = a[5];
  register long g1 __asm__("g1") = number;
  __asm__ volatile("ta 0x10\n\tbcc 1f\n\tnop\n\tsub %%g0, %%o0, %%o0\n1:"
                   : "+r"(o0), "+r"(o1)
                   : "r"(o2), "r"(o3), "r"(o4), "r"(o5), "r"(g1)
                   : "memory", "cc");
  second = o1;
  return o0;
}
enum { READ = 3, WRITE = 4, EXIT = 1 };
#endif

static int transfer(long number, long descriptor, void *at, long size) {
  char *bytes = at;
  for (long done = 0; done < size;) {
    long args[6] = {descriptor, (long)(bytes + done), size - done, 0, 0, 0};
    long result = call(number, args);
    if (result <= 0) return 0;
    done += result;
  }
  return 1;
}

struct request {
  int number;
  unsigned pointers;
  int length;
  int padding;
  long long args[6];
};

void run(void) {
  static struct request request;
  static long long result[2];
  while (transfer(READ, 0, &request, sizeof request) && transfer(READ, 0, buffer, request.length)) {
    long args[6];
    for (int i = 0; i < 6; i++) {
      args[i] = (long)request.args[i];
      if (request.pointers >> i & 1) args[i] += (long)buffer;
    }
    result[0] = call(request.number, args);
    result[1] = second;
    transfer(WRITE, 1, result, sizeof result);
    transfer(WRITE, 1, buffer, SIZE);
  }
  long args[6] = {0};
  call(EXIT, args);
}

#ifdef __riscv
__asm__(".globl _start\n_start: call run");
#else
__asm__(".globl _start\n_start: clr %fp\n\tsub %sp, 96, %sp\n\tcall run\n\tnop");
#endif
