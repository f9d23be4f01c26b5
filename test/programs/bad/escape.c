/* Tries to get out of the directory it was given. Each attempt that works is
   said; the status is their number. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int escapes;

static void attempt(const char *what, long result)
{
    printf("%s: %s\n", what, result < 0 ? "refused" : "DONE");
    escapes += result >= 0;
}

static void reading(const char *path)
{
    char what[300];
    int fd = open(path, O_RDONLY);

    snprintf(what, sizeof what, "read %.200s", path);
    attempt(what, fd);
    if (fd >= 0)
        close(fd);
}

int main(void)
{
    char path[PATH_MAX] = "", long_path[6000];
    struct stat status;
    int here = open(".", O_RDONLY | O_DIRECTORY);

    /* What lies beside the directory: the test puts a file called secret there. */
    reading("../secret");
    reading("./../secret");
    reading("inside/../../secret");
    reading("inside/./../.././secret");
    reading("//../secret");
    reading("../../../../../../../../etc/passwd");
    reading("/etc/passwd");
    reading("/proc/self/cmdline");
    reading("/dev/mem");
    /* Links the test has put inside, which lead out. */
    reading("link-to-secret");
    reading("link-to-parent/secret");
    reading("link-to-root/etc/passwd");
    reading("link-to-link");
    attempt("openat", openat(here, "../secret", O_RDONLY));
    attempt("create", open("../created", O_WRONLY | O_CREAT, 0600));
    attempt("create through a link", open("link-to-parent/created", O_WRONLY | O_CREAT, 0600));
    attempt("create where a link leads", open("link-to-nothing", O_WRONLY | O_CREAT, 0600));
    attempt("truncate", truncate("../secret", 0));
    attempt("truncate through a link", truncate("link-to-secret", 0));
    attempt("stat", stat("../secret", &status));
    attempt("mkdir", mkdir("../made", 0700));
    attempt("rename out", rename("inside/file", "../moved"));
    attempt("rename in", rename("../secret", "stolen"));
    attempt("unlink", unlink("../secret"));
    attempt("hard link", link("../secret", "stolen"));
    attempt("chdir up", chdir("..") == 0 && stat("secret", &status) == 0 ? 0 : -1);
    attempt("chdir through a link", chdir("link-to-parent") == 0 && stat("secret", &status) == 0 ? 0 : -1);
    attempt("chmod", chmod("../secret", 0777));
    /* A link of its own making. */
    if (symlink("../secret", "own-link") == 0)
        reading("own-link");
    attempt("chroot", chroot("/"));
    attempt("device", mknod("device", S_IFBLK | 0600, 0));

    memset(long_path, 0, sizeof long_path);
    for (int i = 0; i < 1500; i++)
        strcat(long_path, "../");
    strcat(long_path, "etc/passwd");
    reading(long_path);
    for (int i = 0; i < 1000; i++)
        strcat(path, "./");
    strcat(path, "../secret");
    reading(path);

    printf("%d escaped; inside all is well: %d\n", escapes,
           fchdir(here) == 0 && access("inside", F_OK) == 0);
    return escapes;
}
