/* What files answer when it cannot be done. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outcome.h"

static void say(const char *what, long result)
{
    printf("%s: %s\n", what, outcome(result));
}

int main(int argc, char **argv)
{
    void *volatile bad = (void *)8;
    char long_name[400];
    struct stat status;
    int fd, ends[2];

    if (argc < 2 || chdir(argv[1]) != 0)
        return 2;
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    close(open("file", O_WRONLY | O_CREAT, 0600));
    mkdir("directory", 0700);

    say("open what is not there", open("nothing", O_RDONLY));
    say("open the empty name", open("", O_RDONLY));
    say("open below a file", open("file/x", O_RDONLY));
    say("open below nothing", open("nothing/x", O_RDWR | O_CREAT, 0600));
    say("open a directory to write", open("directory", O_WRONLY));
    say("open a long name", open(long_name, O_RDONLY));
    say("open a file as a directory", open("file", O_RDONLY | O_DIRECTORY));
    say("stat what is not there", stat("nothing", &status));
    say("stat below a file", stat("file/x", &status));
    say("unlink a directory", unlink("directory"));
    say("rmdir a file", rmdir("file"));
    say("rename nothing", rename("nothing", "something"));
    say("rename a file over a directory", rename("file", "directory"));
    say("rename a directory over a file", rename("directory", "file"));
    say("rename a directory into itself", rename("directory", "directory/x"));
    say("mkdir over a file", mkdir("file", 0700));
    say("chdir to a file", chdir("file"));
    say("truncate a directory", truncate("directory", 0));

    fd = open("directory", O_RDONLY);
    say("read a directory", read(fd, long_name, 1));
    close(fd);
    fd = open("file", O_RDWR);
    say("truncate to less than nothing", ftruncate(fd, -1));
    say("seek with a wrong whence", lseek(fd, 0, 77));
    say("read at a bad address", read(fd, bad, 0));
    say("write from a bad address", write(fd, bad, 10));
    say("dup a bad descriptor", dup(99));
    say("dup2 to a bad descriptor", dup2(fd, -1));
    say("fstat a bad descriptor", fstat(99, &status));
    say("fcntl a bad descriptor", fcntl(99, F_GETFL));
    if (pipe(ends) == 0)
        say("seek on a pipe", lseek(ends[0], 0, SEEK_SET));
    say("ioctl that is not for files", isatty(fd) ? 1 : -1);
    perror("perror");
    fprintf(stderr, "on standard error\n");
    printf("%s\n", strerror(0));
    return 0;
}
