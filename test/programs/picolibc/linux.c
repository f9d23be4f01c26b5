/*
 * What picolibc expects of a system, on top of Linux for 32-bit RISC-V: the
 * start of the program, standard streams, and the calls its library makes.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <picotls.h>
#include <stdint.h>
#include <stdio-bufio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    SYS_MKDIRAT = 34,
    SYS_UNLINKAT = 35,
    SYS_FTRUNCATE = 46,
    SYS_CHDIR = 49,
    SYS_OPENAT = 56,
    SYS_CLOSE = 57,
    SYS_LLSEEK = 62,
    SYS_READ = 63,
    SYS_WRITE = 64,
    SYS_EXIT_GROUP = 94,
    SYS_KILL = 129,
    SYS_GETPID = 172,
    SYS_BRK = 214,
    SYS_RENAMEAT2 = 276,
    SYS_CLOCK_GETTIME64 = 403,
};

enum { CURRENT_DIRECTORY = -100, REMOVE_DIRECTORY = 0x200 };

extern char **environ;
int main(int argc, char **argv, char **envp);
void __libc_init_array(void);

static long system_call(long number, long a, long b, long c, long d, long e)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;

    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4)
                     : "memory");
    return a0;
}

/* Linux and picolibc agree on the first 34 errors and on few others. */
static int error_number(long linux_number)
{
    switch (linux_number) {
    case 36:
        return ENAMETOOLONG;
    case 38:
        return ENOSYS;
    case 39:
        return ENOTEMPTY;
    case 40:
        return ELOOP;
    default:
        return (int)linux_number;
    }
}

static long answer(long result)
{
    if (result >= 0)
        return result;
    errno = error_number(-result);
    return -1;
}

ssize_t read(int fd, void *to, size_t count)
{
    return answer(system_call(SYS_READ, fd, (long)to, count, 0, 0));
}

ssize_t write(int fd, const void *from, size_t count)
{
    return answer(system_call(SYS_WRITE, fd, (long)from, count, 0, 0));
}

int close(int fd)
{
    return answer(system_call(SYS_CLOSE, fd, 0, 0, 0, 0));
}

int open(const char *path, int flags, ...)
{
    static const struct {
        int ours, linux_bit;
    } map[] = {
        { O_CREAT, 0x40 },
        { O_EXCL, 0x80 },
        { O_TRUNC, 0x200 },
        { O_APPEND, 0x400 },
    };
    int linux_flags = flags & O_ACCMODE;

    for (unsigned i = 0; i < sizeof map / sizeof map[0]; i++)
        if (flags & map[i].ours)
            linux_flags |= map[i].linux_bit;
    return answer(system_call(SYS_OPENAT, CURRENT_DIRECTORY, (long)path,
                              linux_flags, 0644, 0));
}

_off_t lseek(int fd, _off_t offset, int whence)
{
    int64_t position = 0;
    long failed = answer(system_call(SYS_LLSEEK, fd, offset < 0 ? -1 : 0,
                                     offset, (long)&position, whence));

    return failed ? -1 : (_off_t)position;
}

int ftruncate(int fd, off_t length)
{
    return answer(system_call(SYS_FTRUNCATE, fd, length, 0, 0, 0));
}

int mkdir(const char *path, mode_t mode)
{
    return answer(system_call(SYS_MKDIRAT, CURRENT_DIRECTORY, (long)path, mode,
                              0, 0));
}

int rmdir(const char *path)
{
    return answer(system_call(SYS_UNLINKAT, CURRENT_DIRECTORY, (long)path,
                              REMOVE_DIRECTORY, 0, 0));
}

int unlink(const char *path)
{
    return answer(system_call(SYS_UNLINKAT, CURRENT_DIRECTORY, (long)path, 0, 0,
                              0));
}

int rename(const char *from, const char *to)
{
    return answer(system_call(SYS_RENAMEAT2, CURRENT_DIRECTORY, (long)from,
                              CURRENT_DIRECTORY, (long)to, 0));
}

int chdir(const char *path)
{
    return answer(system_call(SYS_CHDIR, (long)path, 0, 0, 0, 0));
}

pid_t getpid(void)
{
    return system_call(SYS_GETPID, 0, 0, 0, 0, 0);
}

int kill(pid_t pid, int signal)
{
    return answer(system_call(SYS_KILL, pid, signal, 0, 0, 0));
}

int gettimeofday(struct timeval *now, void *zone)
{
    int64_t time[2] = { 0, 0 };
    long failed = answer(system_call(SYS_CLOCK_GETTIME64, 0, (long)time, 0, 0,
                                     0));

    (void)zone;
    now->tv_sec = time[0];
    now->tv_usec = (long)time[1] / 1000;
    return failed;
}

void *sbrk(ptrdiff_t increment)
{
    static long end;
    long old;

    if (end == 0)
        end = system_call(SYS_BRK, 0, 0, 0, 0, 0);
    old = end;
    if (increment != 0) {
        end = system_call(SYS_BRK, old + increment, 0, 0, 0, 0);
        if (end != old + increment) {
            errno = ENOMEM;
            return (void *)-1;
        }
    }
    return (void *)old;
}

void _exit(int status)
{
    for (;;)
        system_call(SYS_EXIT_GROUP, status, 0, 0, 0, 0);
}

static char input_buffer[1024], output_buffer[1024], error_buffer[128];

static struct __file_bufio input = FDEV_SETUP_BUFIO(
    0, input_buffer, sizeof input_buffer, read, write, lseek, close, __SRD, 0);
static struct __file_bufio output =
    FDEV_SETUP_BUFIO(1, output_buffer, sizeof output_buffer, read, write, lseek,
                     close, __SWR, 0);
static struct __file_bufio error =
    FDEV_SETUP_BUFIO(2, error_buffer, sizeof error_buffer, read, write, lseek,
                     close, __SWR, __BLBF);

FILE *const stdin = &input.xfile.cfile.file;
FILE *const stdout = &output.xfile.cfile.file;
FILE *const stderr = &error.xfile.cfile.file;

static __attribute__((destructor)) void flush_streams(void)
{
    fflush(stdout);
    fflush(stderr);
}

void _init(void)
{
}

void _fini(void)
{
}

/* The program headers, which the linker puts at the start of the text. */
extern const Elf32_Ehdr __ehdr_start;

/* Room for errno and its like; tp points at its start. */
static void set_up_thread_storage(void)
{
    static _Alignas(16) char storage[1024];
    const Elf32_Phdr *header =
        (const Elf32_Phdr *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);

    for (int i = 0; i < __ehdr_start.e_phnum; i++) {
        if (header[i].p_type != PT_TLS)
            continue;
        if (header[i].p_memsz > sizeof storage)
            _exit(127);
        memcpy(storage, (const void *)header[i].p_vaddr, header[i].p_filesz);
    }
    __asm__ volatile("mv tp, %0" : : "r"(storage));
}

/* `stack` is what the kernel left: argc, the arguments, the environment. */
__attribute__((noreturn, used)) void start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);

    environ = argv + argc + 1;
    set_up_thread_storage();
    __libc_init_array();
    exit(main(argc, argv, environ));
}
