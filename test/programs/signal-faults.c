/* Faults as signals: the code, the address, and going on afterwards. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int got_signal, got_code;
static void *volatile got_address;

static void handler(int number, siginfo_t *info, void *context)
{
    (void)context;
    got_signal = number;
    got_code = info->si_code;
    got_address = info->si_addr;
    siglongjmp(back, 1);
}

static volatile int sink;

static void read_from(void *p) { sink = *(volatile char *)p; }
static void write_to(void *p) { *(volatile char *)p = 1; }
static void call(void *p) { ((void (*)(void))p)(); }

static void illegal(void *p)
{
    (void)p;
#if defined(__riscv)
    __asm__ volatile(".4byte 0xffffffff");
#else
    __asm__ volatile("unimp 0");
#endif
}

static void attempt(const char *what, void (*act)(void *), void *address,
                    int address_matters)
{
    got_signal = 0;
    if (sigsetjmp(back, 1) == 0)
        act(address);
    if (got_signal == 0)
        printf("%s: no fault\n", what);
    else
        printf("%s: %s, code %d%s\n", what, strsignal(got_signal), got_code,
               !address_matters             ? ""
               : got_address == address ? ", at the address"
                                            : ", elsewhere");
}

static const char constant[100] = "constant";

int main(void)
{
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGILL, &action, NULL);

    attempt("read null", read_from, NULL, 1);
    attempt("write null", write_to, NULL, 1);
    attempt("call null", call, NULL, 1);
    attempt("read low address", read_from, (void *)0x123, 1);
    attempt("write text", write_to, (void *)(uintptr_t)main, 1);
    attempt("write constant", write_to, (void *)(uintptr_t)(constant + 5), 1);
    attempt("read page", read_from, pages + page, 1);
    attempt("execute data", call, pages + page, 1);
    mprotect(pages + page, page, PROT_READ);
    attempt("write page without permission", write_to, pages + page + 17, 1);
    attempt("read page still", read_from, pages + page + 17, 1);
    mprotect(pages + page, page, PROT_NONE);
    attempt("read page without permission", read_from, pages + page + 100, 1);
    munmap(pages + page, page);
    attempt("read page that is gone", read_from, pages + page + 8, 1);
    attempt("write the page after", write_to, pages + 2 * page, 1);
    attempt("illegal instruction", illegal, NULL, 0);
    for (int i = 0; i < 40; i++)
        attempt(i % 2 ? "write" : "read", i % 2 ? write_to : read_from,
                (void *)(uintptr_t)(i * 4), 1);
    return 0;
}
