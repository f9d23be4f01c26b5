/* Text files below the directory given: modes, positions, buffering. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outcome.h"

static void show(const char *path)
{
    FILE *file = fopen(path, "r");
    int c;

    if (file == NULL) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("%s: \"", path);
    while ((c = getc(file)) != EOF)
        printf(c == '\n' ? "\\n" : "%c", c);
    printf("\"\n");
    fclose(file);
}

static FILE *open_or_die(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (file == NULL) {
        printf("%s %s: %s\n", path, mode, strerror(errno));
        exit(1);
    }
    return file;
}

static void modes(void)
{
    FILE *file = open_or_die("notes", "w");

    fprintf(file, "one\ntwo\n%d\n", 3);
    printf("at %ld\n", ftell(file));
    fclose(file);
    show("notes");

    file = open_or_die("notes", "a");
    fputs("four\n", file);
    printf("at %ld\n", ftell(file));
    fclose(file);
    show("notes");

    file = open_or_die("notes", "r+");
    fseek(file, 4, SEEK_SET);
    fputs("TWO", file);
    fseek(file, -5, SEEK_END);
    printf("%c", getc(file));
    fseek(file, 1, SEEK_CUR);
    printf("%c\n", getc(file));
    rewind(file);
    printf("%c\n", getc(file));
    fclose(file);
    show("notes");

    file = open_or_die("notes", "w+");
    fputs("fresh", file);
    rewind(file);
    printf("%c\n", getc(file));
    fseek(file, 20, SEEK_SET);
    fputs("!", file);
    fclose(file);
    file = open_or_die("notes", "r");
    fseek(file, 0, SEEK_END);
    printf("a hole makes it %ld long\n", ftell(file));
    fclose(file);

    file = open_or_die("notes", "a+");
    fseek(file, 0, SEEK_SET);
    printf("%c\n", getc(file));
    fseek(file, 0, SEEK_SET);
    fputs("end", file);
    printf("appended at %ld\n", ftell(file));
    fclose(file);

    printf("read only: %d\n", (file = open_or_die("notes", "r")) != NULL);
    printf("write to it: %d, error %d\n", fputs("x", file), ferror(file) != 0);
    fclose(file);
    printf("exclusively: %s\n", fopen("notes", "wx") ? "?" : outcome(-1));
    printf("unknown mode: %s\n", fopen("notes", "q") ? "?" : outcome(-1));
}

static void buffers(void)
{
    static char large[5000];
    FILE *file = open_or_die("buffered", "w");
    long size;

    setvbuf(file, large, _IOFBF, sizeof large);
    for (int i = 0; i < 2000; i++)
        fprintf(file, "%d\n", i);
    fclose(file);
    file = open_or_die("buffered", "r");
    setvbuf(file, NULL, _IONBF, 0);
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    fseek(file, size / 2, SEEK_SET);
    if (fgets(large, sizeof large, file) && fgets(large, sizeof large, file))
        printf("%ld bytes, in the middle: %s", size, large);
    fclose(file);

    file = open_or_die("flushed", "w");
    fputs("seen", file);
    show("flushed");
    fflush(file);
    show("flushed");
    fclose(file);
}

static void renames(void)
{
    printf("rename: %d\n", rename("flushed", "renamed"));
    show("flushed");
    show("renamed");
    printf("rename over another: %d\n", rename("renamed", "notes"));
    show("notes");
    printf("remove: %d\n", remove("notes"));
    printf("remove again: %s\n", outcome(remove("notes")));
    show("notes");
    remove("buffered");
}

int main(int argc, char **argv)
{
    if (argc < 2 || chdir(argv[1]) != 0) {
        printf("no directory\n");
        return 2;
    }
    modes();
    buffers();
    renames();
    return 0;
}
