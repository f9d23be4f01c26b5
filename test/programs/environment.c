/* The environment as a program changes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static void show(const char *name)
{
    const char *value = getenv(name);

    printf("%s is %s%s%s\n", name, value ? "'" : "", value ? value : "not set",
           value ? "'" : "");
}

static void list(void)
{
    for (char **entry = environ; entry && *entry; entry++)
        printf("  %s\n", *entry);
}

int main(void)
{
    static char mine[] = "MINE=first";

    clearenv();
    list();
    show("HOME");
    printf("setenv %d\n", setenv("COLOUR", "green", 1));
    printf("setenv %d\n", setenv("COLOUR", "blue", 0));
    show("COLOUR");
    setenv("COLOUR", "red", 1);
    show("COLOUR");
    setenv("EMPTY", "", 1);
    show("EMPTY");
    printf("a bad name: %d\n", setenv("A=B", "x", 1));
    putenv(mine);
    show("MINE");
    memcpy(mine + 5, "later", 5);
    show("MINE");
    for (int i = 0; i < 20; i++) {
        char name[8];

        snprintf(name, sizeof name, "V%d", i);
        setenv(name, name + 1, 1);
    }
    unsetenv("COLOUR");
    unsetenv("V7");
    list();
    putenv("EMPTY");
    show("EMPTY");
    return 0;
}
