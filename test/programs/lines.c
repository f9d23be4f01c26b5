/* getline over standard input: numbers the lines, finds the longest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    char *line = NULL, *longest = NULL;
    size_t room = 0;
    ssize_t length, best = -1;
    int number = 0, words = 0;
    long bytes = 0;

    while ((length = getline(&line, &room, stdin)) >= 0) {
        char copy[80];

        bytes += length;
        if (length > 0 && line[length - 1] == '\n')
            line[--length] = '\0';
        printf("%3d %4zd %.60s\n", ++number, length, line);
        if (length > best) {
            free(longest);
            longest = strdup(line);
            best = length;
        }
        snprintf(copy, sizeof copy, "%s", line);
        for (char *word = strtok(copy, " \t"); word; word = strtok(NULL, " \t"))
            words++;
    }
    printf("%d lines, %d words, %ld bytes; the longest has %zd: %.20s\n", number,
           words, bytes, best, longest ? longest : "");
    free(longest);
    free(line);
    return 0;
}
