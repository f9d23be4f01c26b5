/* Tries to become many processes, or another program. There is only one. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[16384];

static int child(void *unused)
{
    (void)unused;
    return 0;
}

int main(void)
{
    char *const arguments[] = { "sh", "-c", "echo out > escaped", NULL };
    char *const environment[] = { NULL };
    int children = 0, error = 0;

    for (int i = 0; i < 1000; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(1);
        if (pid > 0)
            children++;
        else
            error = errno;
    }
    printf("fork: %d children, %s\n", children, strerror(error));
    printf("vfork: %s\n", vfork() == -1 ? strerror(errno) : "?");
    printf("clone: %s\n", clone(child, stack + sizeof stack, SIGCHLD, NULL) == -1
                              ? strerror(errno)
                              : "?");
    printf("execve: %s\n",
           execve("/bin/sh", arguments, environment) == -1 ? strerror(errno) : "?");
    /* The C library says that the shell could not be executed. */
    printf("system: %d\n", WEXITSTATUS(system("echo out > escaped")));
    printf("popen: %s\n", popen("echo out > escaped", "r") == NULL ? strerror(errno) : "?");
    printf("wait: %s\n", wait(NULL) == -1 ? strerror(errno) : "?");
    printf("kill another: %s\n", kill(1234567, SIGKILL) == -1 ? strerror(errno) : "?");
    printf("kill init: %s\n", kill(getppid(), SIGKILL) == -1 ? strerror(errno) : "?");
    return 0;
}
