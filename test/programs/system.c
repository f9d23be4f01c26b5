/* Facts about the system that are the same everywhere, and random bytes. */
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(void)
{
    unsigned char first[32] = { 0 }, second[32] = { 0 };
    struct utsname name;
    struct rlimit limit;
    long page = sysconf(_SC_PAGESIZE);

    printf("uname %d, %s, release given %d\n", uname(&name), name.sysname,
           name.release[0] >= '1' && name.release[0] <= '9');
    printf("getrandom %zd %zd\n", getrandom(first, sizeof first, 0),
           getrandom(second, sizeof second, 0));
    printf("differ %d\n", memcmp(first, second, sizeof first) != 0);
    printf("getentropy %d\n", getentropy(first, 16));
    printf("page size is a power of two %d, of at least 4096 %d\n",
           (page & (page - 1)) == 0 && page == getpagesize(), page >= 4096);
    printf("auxiliary page size %d, entry given %d, random given %d\n",
           getauxval(AT_PAGESZ) == (unsigned long)page, getauxval(AT_ENTRY) != 0,
           getauxval(AT_RANDOM) != 0);
    printf("pid positive %d, parent positive %d, thread is process %d\n",
           getpid() > 0, getppid() >= 0, syscall(SYS_gettid) == getpid());
    printf("same user %d, same group %d\n", getuid() == geteuid(),
           getgid() == getegid());
    printf("descriptor limit %d, at least 64 files %d\n",
           getrlimit(RLIMIT_NOFILE, &limit), limit.rlim_cur >= 64);
    printf("stack limit %d, at least a megabyte %d\n",
           getrlimit(RLIMIT_STACK, &limit), limit.rlim_cur >= 1 << 20);
    printf("at least one processor %d\n", sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    printf("standard streams are terminals: %d %d\n", isatty(0), isatty(1));
    return 0;
}
