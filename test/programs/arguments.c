/* The arguments, and the options among them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int option, verbose = 0;
    long count = 0;
    const char *name = "nobody";

    printf("%d arguments\n", argc - 1);
    for (int i = 1; i < argc; i++)
        printf("%d: '%s' of %zu\n", i, argv[i], strlen(argv[i]));
    printf("ends with null: %d\n", argv[argc] == NULL);
    /* What getopt complains about would begin with the program's name. */
    opterr = 0;
    while ((option = getopt(argc, argv, "vn:c:")) != -1) {
        switch (option) {
        case 'v':
            verbose++;
            break;
        case 'n':
            name = optarg;
            break;
        case 'c':
            count = strtol(optarg, NULL, 0);
            break;
        default:
            printf("no such option: %c\n", optopt);
        }
    }
    printf("verbose %d, name %s, count %ld\n", verbose, name, count);
    for (int i = optind; i < argc; i++)
        printf("left: %s\n", argv[i]);
    return argc;
}
