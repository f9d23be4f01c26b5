/* Temporary files: names are random, what is in them is not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char a[] = "tmp-XXXXXX", b[] = "tmp-XXXXXX", folder[] = "dir-XXXXXX";
    char text[20] = "";
    struct stat status;
    int first, second;
    FILE *stream;

    if (argc < 2 || chdir(argv[1]) != 0)
        return 2;
    first = mkstemp(a);
    second = mkstemp(b);
    printf("two files %d, different %d, same length %d\n",
           first >= 0 && second >= 0, strcmp(a, b) != 0, strlen(a) == strlen(b));
    printf("filled in: %d\n", strstr(a, "XXXXXX") == NULL);
    stat(a, &status);
    printf("mode %o\n", status.st_mode & 0777);
    stream = fdopen(first, "w+");
    fprintf(stream, "kept");
    rewind(stream);
    printf("read back %s\n", fgets(text, sizeof text, stream));
    fclose(stream);
    close(second);
    printf("directory %d\n", mkdtemp(folder) == folder);
    printf("removed %d\n", remove(a) + remove(b) + remove(folder));
    return 0;
}
