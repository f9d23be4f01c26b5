/* Pipes within one process: readv, writev, poll, select, dup2. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <unistd.h>

#include "outcome.h"

static void show_poll(const char *when, int in, int out)
{
    struct pollfd fds[2] = { { in, POLLIN, 0 }, { out, POLLOUT, 0 } };
    int ready = poll(fds, 2, 0);

    printf("%s: %d ready, in %d%s, out %d%s\n", when, ready,
           (fds[0].revents & POLLIN) != 0, fds[0].revents & POLLHUP ? " hup" : "",
           (fds[1].revents & POLLOUT) != 0, fds[1].revents & POLLERR ? " err" : "");
}

int main(void)
{
    static char much[100000];
    struct iovec parts[2] = { { "hello ", 6 }, { "pipe", 4 } };
    struct timeval none = { 0, 0 };
    char a[3], b[20] = "";
    struct iovec into[2] = { { a, 3 }, { b, sizeof b - 1 } };
    int ends[2], saved, waiting = -1;
    fd_set set;
    ssize_t done;
    long total = 0;

    printf("pipe %d\n", pipe(ends));
    show_poll("empty", ends[0], ends[1]);
    printf("writev %zd\n", writev(ends[1], parts, 2));
    show_poll("filled", ends[0], ends[1]);
    printf("waiting %d", ioctl(ends[0], FIONREAD, &waiting));
    printf(": %d\n", waiting);
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    printf("select %d", select(ends[0] + 1, &set, NULL, NULL, &none));
    printf(", set %d\n", FD_ISSET(ends[0], &set) != 0);
    printf("readv %s: ", outcome(readv(ends[0], into, 2)));
    printf("%.3s|%s\n", a, b);
    printf("select %d", select(ends[0] + 1, &set, NULL, NULL, &none));
    printf(", set %d\n", FD_ISSET(ends[0], &set) != 0);
    printf("poll with a limit: %d\n",
           poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, 5));

    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    done = read(ends[0], a, 1);
    printf("not waiting: %s\n", outcome(done));
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while ((done = write(ends[1], much, sizeof much)) > 0)
        total += done;
    printf("full after %ld: %s\n", total, strerror(errno));
    show_poll("full", ends[0], ends[1]);
    while ((done = read(ends[0], much, sizeof much)) > 0)
        total -= done;
    printf("empty again: %ld left\n", total);

    /* Standard output goes into the pipe for a while. */
    fflush(stdout);
    saved = dup(1);
    dup2(ends[1], 1);
    printf("through the pipe");
    fflush(stdout);
    dup2(saved, 1);
    memset(b, 0, sizeof b);
    done = read(ends[0], b, sizeof b - 1);
    printf("came %zd: %s\n", done, b);

    close(ends[1]);
    show_poll("closed", ends[0], 1);
    printf("end %zd\n", read(ends[0], a, 1));
    if (pipe(ends) != 0)
        return 2;
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    done = write(ends[1], "x", 1);
    printf("no reader: %s\n", outcome(done));
    printf("wrong end: %s\n", outcome(read(ends[1], a, 1)));
    return 0;
}
