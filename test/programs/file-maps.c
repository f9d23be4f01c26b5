/* Files in memory: private copies, shared ones, the part behind the end. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "outcome.h"

enum { SIZE = 10000 };

int main(int argc, char **argv)
{
    char text[32] = "";
    char *private, *part;
    int fd, tail = 0, page = (int)sysconf(_SC_PAGESIZE);

    if (argc < 2 || chdir(argv[1]) != 0)
        return 2;
    fd = open("mapped", O_RDWR | O_CREAT, 0600);
    for (int i = 0; i < SIZE; i++)
        if (write(fd, &"0123456789"[i % 10], 1) != 1)
            return 3;

    private = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    printf("mapped %d: %.10s, last %c\n", private != MAP_FAILED, private + 100,
           private[SIZE - 1]);
    for (int i = SIZE; i < (SIZE + page - 1) / page * page; i++)
        tail += private[i];
    printf("after the end: %d\n", tail);
    memcpy(private, "changed", 7);
    pread(fd, text, 10, 0);
    printf("here %.10s, in the file %.10s\n", private, text);

    part = mmap(NULL, 1000, PROT_READ, MAP_PRIVATE, fd, 8192);
    printf("from 8192 on: %.6s\n", part);
    printf("crooked offset: %s\n",
           outcome(mmap(NULL, 1000, PROT_READ, MAP_PRIVATE, fd, 100) == MAP_FAILED ? -1 : 0));
    close(fd);
    printf("after close: %.7s\n", private);
    printf("unmapped %d %d\n", munmap(private, SIZE), munmap(part, 1000));
    printf("unlink %d\n", unlink("mapped"));
    return 0;
}
