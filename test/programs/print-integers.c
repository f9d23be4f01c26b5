/* printf of everything that is not floating. */
#include <inttypes.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

int main(void)
{
    static const long long values[] = {
        0, 1, -1, 42, -12345, INT_MAX, INT_MIN, UINT_MAX, LLONG_MAX, LLONG_MIN,
    };
    char text[40];
    volatile size_t room = 6;
    int length;

    for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
        long long v = values[i];

        printf("%d|%i|%u|%o|%x|%X\n", (int)v, (int)v, (unsigned)v, (unsigned)v,
               (unsigned)v, (unsigned)v);
        printf("%lld|%llu|%llo|%llx|%#llX\n", v, v, v, v, v);
        printf("%hhd|%hd|%hhu|%hu|%hhx\n", (char)v, (short)v, (unsigned char)v,
               (unsigned short)v, (unsigned char)v);
        printf("%12d|%-12d|%012d|%+d|% d|%.8d|%12.8d|%-12.8x|%#o|%#x\n", (int)v,
               (int)v, (int)v, (int)v, (int)v, (int)v, (int)v, (unsigned)v,
               (unsigned)v, (unsigned)v);
    }
    printf("%zu %zd %td %jd\n", sizeof(short), (ssize_t)-3, (ptrdiff_t)-7,
           (intmax_t)-9);
    printf("%" PRId32 " %" PRIu64 " %" PRIx64 "\n", INT32_MIN, UINT64_MAX,
           (uint64_t)0x123456789abcdefULL);
    printf("%*d|%-*d|%.*d|%0*d\n", 6, 17, 6, 17, 4, 17, 5, 17);
    printf("[%s] [%10s] [%-10s] [%.3s] [%10.2s] [%*.*s]\n", "word", "word",
           "word", "word", "word", 8, 1, "word");
    printf("%c%c%c %5c %-5c| %%\n", 'a', 'b', 'c', 'd', 'e');
    printf("%p\n", (void *)0x1234);

    length = snprintf(text, sizeof text, "%d-%s-%x", 12, "thirteen", 0x14);
    printf("%s %d\n", text, length);
    length = snprintf(text, room, "%d-%s", 123456, "cut");
    printf("%s %d\n", text, length);
    length = snprintf(NULL, 0, "%0100d", 1);
    printf("%d\n", length);
    puts("end");
    return 0;
}
