/* getopt_long with arguments moved to the end. */
#include <getopt.h>
#include <stdio.h>

int main(void)
{
    static const struct option options[] = {
        { "help", no_argument, NULL, 'h' },
        { "size", required_argument, NULL, 's' },
        { "level", optional_argument, NULL, 'l' },
        { "flag", no_argument, NULL, 0 },
        { NULL, 0, NULL, 0 },
    };
    char *arguments[] = { "program", "file1", "--size=10", "-h", "file2",
                          "--level", "--level=3", "-s", "7", "--flag", "--unknown",
                          "-l5", "--", "--size", NULL };
    int count = sizeof arguments / sizeof arguments[0] - 1, option, index = 0;

    opterr = 0;
    while ((option = getopt_long(count, arguments, "hs:l::", options, &index)) != -1)
        printf("option %c (%d), argument %s\n", option ? option : '0', option,
               optarg ? optarg : "none");
    for (int i = optind; i < count; i++)
        printf("left: %s\n", arguments[i]);
    return 0;
}
