/* open, read, write, lseek, ftruncate, pread, dup, fcntl and fstat. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "outcome.h"

static void show(int fd)
{
    char text[100];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);

    for (ssize_t i = 0; i < length; i++)
        if (text[i] == '\0')
            text[i] = '.';
    printf("\"%.*s\"\n", (int)length, text);
}

static long size_of(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 ? (long)status.st_size : -1;
}

int main(int argc, char **argv)
{
    struct iovec parts[3] = { { "alpha ", 6 }, { "beta ", 5 }, { "gamma", 5 } };
    char a[4], b[7];
    struct iovec into[2] = { { a, sizeof a }, { b, sizeof b } };
    struct stat status;
    int fd, copy, other;

    if (argc < 2 || chdir(argv[1]) != 0)
        return 2;
    fd = open("data", O_RDWR | O_CREAT | O_EXCL, 0640);
    printf("created: %d\n", fd >= 0);
    printf("created again: %s\n",
           outcome(open("data", O_RDWR | O_CREAT | O_EXCL, 0640)));
    printf("writev %zd\n", writev(fd, parts, 3));
    show(fd);
    lseek(fd, 0, SEEK_SET);
    printf("readv %s: ", outcome(readv(fd, into, 2)));
    printf("%.4s|%.7s\n", a, b);
    printf("at %s\n", outcome(lseek(fd, 0, SEEK_CUR)));
    printf("to %s\n", outcome(lseek(fd, 3, SEEK_SET)));
    printf("from the end %s\n", outcome(lseek(fd, -2, SEEK_END)));
    printf("before the start: %s\n", outcome(lseek(fd, -100, SEEK_CUR)));
    printf("pwrite %zd\n", pwrite(fd, "BETA", 4, 6));
    show(fd);
    printf("pread at the end: %zd\n", pread(fd, a, 4, 16));

    printf("truncate %s", outcome(ftruncate(fd, 8)));
    printf(", size %ld\n", size_of(fd));
    show(fd);
    printf("extend %s", outcome(ftruncate(fd, 12)));
    printf(", size %ld\n", size_of(fd));
    show(fd);
    printf("by name %s", outcome(truncate("data", 4)));
    printf(", size %ld\n", size_of(fd));

    copy = dup(fd);
    lseek(copy, 1, SEEK_SET);
    printf("a copy shares the position: %ld\n", (long)lseek(fd, 0, SEEK_CUR));
    other = open("data", O_RDONLY);
    printf("another opening does not: %ld\n", (long)lseek(other, 0, SEEK_CUR));
    printf("write to a read-only one: %s\n", outcome(write(other, "x", 1)));
    close(copy);
    printf("closed twice: %s\n", outcome(close(copy)));
    printf("read from a closed one: %s\n", outcome(read(copy, a, 1)));
    printf("descriptor is reused: %d\n", dup(fd) == copy);
    printf("dup2 %d\n", dup2(other, 20) == 20);
    close(20);

    printf("flags: %d %d\n", (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR,
           (fcntl(other, F_GETFL) & O_ACCMODE) == O_RDONLY);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    printf("close on exec: %d %d\n", fcntl(fd, F_GETFD), fcntl(other, F_GETFD));
    fcntl(fd, F_SETFL, O_APPEND);
    lseek(fd, 0, SEEK_SET);
    printf("append %s", outcome(write(fd, "+end", 4)));
    printf(", now at %s\n", outcome(lseek(fd, 0, SEEK_CUR)));
    show(fd);

    fstat(fd, &status);
    printf("regular %d, links %d, mode %o, size %ld\n", S_ISREG(status.st_mode),
           (int)status.st_nlink, status.st_mode & 0700, (long)status.st_size);
    printf("unlink %s", outcome(unlink("data")));
    printf(", links %d\n", fstat(fd, &status) == 0 ? (int)status.st_nlink : -1);
    show(fd);
    printf("not there: %s\n", outcome(open("data", O_RDONLY)));
    return 0;
}
