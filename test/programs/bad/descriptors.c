/* Uses descriptors it has not, and takes all there are. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../outcome.h"

enum { MOST = 100000 };

int main(void)
{
    int count = 0, fd, ends[2];
    struct stat status;
    char c;

    close(9);
    printf("write to a closed one: %s\n", outcome(write(9, "x", 1)));
    printf("write to minus one: %s\n", outcome(write(-1, "x", 1)));
    printf("write to a huge one: %s\n", outcome(write(0x7fffffff, "x", 1)));
    printf("read from standard output: %s\n", outcome(read(1000000, &c, 1)));
    printf("dup to a huge one: %s\n", outcome(dup2(1, 0x7ffffff0)));
    printf("status: %s\n", outcome(fstat(77, &status)));
    while (count < MOST && (fd = dup(0)) >= 0)
        count++;
    printf("dup stops: %s\n", count < MOST ? strerror(errno) : "never");
    printf("pipe stops: %s\n", outcome(pipe(ends)));
    for (int i = 3; i < count + 10; i++)
        close(i);
    printf("pipe again: %s\n", outcome(pipe(ends)));
    fflush(stdout);
    close(1);
    printf("nobody reads this\n");
    fflush(stdout);
    fprintf(stderr, "standard output is closed: %s\n", strerror(errno));
    return 3;
}
