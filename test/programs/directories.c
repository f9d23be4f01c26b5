/* A tree of directories: made, listed, measured, and taken away. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outcome.h"

static void put(const char *path, int size)
{
    FILE *file = fopen(path, "w");

    for (int i = 0; i < size; i++)
        putc('a' + i % 26, file);
    fclose(file);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static long walk(const char *path, int depth)
{
    struct dirent **entries;
    int count = scandir(path, &entries, visible, alphasort);
    long total = 0;

    for (int i = 0; i < count; i++) {
        char below[300];
        struct stat status;

        snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        stat(below, &status);
        if (S_ISDIR(status.st_mode)) {
            printf("%*s%s/ (%s)\n", depth * 2, "", entries[i]->d_name,
                   entries[i]->d_type == DT_DIR ? "directory" : "?");
            total += walk(below, depth + 1);
        } else {
            printf("%*s%s %ld (%s)\n", depth * 2, "", entries[i]->d_name,
                   (long)status.st_size,
                   entries[i]->d_type == DT_REG ? "file" : "?");
            total += status.st_size;
        }
        free(entries[i]);
    }
    free(entries);
    return total;
}

static void dots(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    int all = 0, dot = 0, dotdot = 0;

    while ((entry = readdir(directory)) != NULL) {
        all++;
        dot += !strcmp(entry->d_name, ".");
        dotdot += !strcmp(entry->d_name, "..");
    }
    printf("%d entries, . %d, .. %d\n", all, dot, dotdot);
    rewinddir(directory);
    all = 0;
    while (readdir(directory) != NULL)
        all++;
    printf("%d once more\n", all);
    closedir(directory);
}

int main(int argc, char **argv)
{
    char name[40];

    if (argc < 2 || chdir(argv[1]) != 0)
        return 2;
    printf("mkdir a: %s\n", outcome(mkdir("a", 0755)));
    printf("mkdir a/b: %s\n", outcome(mkdir("a/b", 0755)));
    printf("mkdir c: %s\n", outcome(mkdir("c", 0700)));
    printf("again: %s\n", outcome(mkdir("a", 0755)));
    printf("without parent: %s\n", outcome(mkdir("x/y", 0755)));
    put("a/one", 10);
    put("a/two", 200);
    put("a/b/deep", 5000);
    put("top", 0);
    printf("%ld bytes\n", walk(".", 0));
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "c/a-rather-long-file-name-%03d", i);
        put(name, i);
    }
    dots("c");
    printf("rmdir of a full one: %s\n", outcome(rmdir("c")));
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "c/a-rather-long-file-name-%03d", i);
        remove(name);
    }
    dots("c");
    printf("rmdir %d\n", rmdir("c"));
    printf("rename %d\n", rename("a", "renamed"));
    printf("%ld bytes\n", walk(".", 0));
    printf("access %d %d %d\n", access("renamed/one", R_OK), access("a/one", F_OK),
           access("top", W_OK));
    printf("opendir of a file: %s\n", opendir("top") ? "?" : outcome(-1));
    printf("chdir %d\n", chdir("renamed/b"));
    printf("from there %d\n", access("../one", F_OK));
    chdir("../..");
    remove("renamed/b/deep");
    remove("renamed/one");
    remove("renamed/two");
    printf("remove of a directory %s\n", outcome(remove("renamed/b")));
    printf("and the one above %s\n", outcome(remove("renamed")));
    remove("top");
    printf("%ld bytes\n", walk(".", 0));
    return 0;
}
