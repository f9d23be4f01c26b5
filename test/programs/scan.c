/* scanf: a table of readings from standard input, then strings. */
#include <stdio.h>

static void readings(void)
{
    char name[12];
    double value;
    int day, month, count = 0, kept;
    unsigned flags;

    while ((kept = scanf("%11s %d/%d %lf %x", name, &day, &month, &value,
                         &flags)) == 5) {
        printf("%d: %s on %02d.%02d. is %.4f, flags %#x\n", ++count, name, day,
               month, value, flags);
    }
    printf("stopped with %d kept, %s\n", kept, feof(stdin) ? "end" : "mismatch");
}

static void strings(void)
{
    int a = -1, b = -1, n = -1, kept;
    long long wide = 0;
    short small = 0;
    unsigned char tiny = 0;
    float f = 0;
    char word[20] = "", set[20] = "", c = '?';

    kept = sscanf("12 0x1f", "%d %i%n", &a, &b, &n);
    printf("%d: %d %d %d\n", kept, a, b, n);
    kept = sscanf("key=value;rest", "%19[^=]=%19[a-z]%c", word, set, &c);
    printf("%d: %s %s %c\n", kept, word, set, c);
    kept = sscanf("-9000000000 -7 200", "%lld %hd %hhu", &wide, &small, &tiny);
    printf("%d: %lld %d %d\n", kept, wide, small, tiny);
    kept = sscanf("1234567", "%3d%2d%n", &a, &b, &n);
    printf("%d: %d %d %d\n", kept, a, b, n);
    kept = sscanf("skip this 5", "%*s %*s %d", &a);
    printf("%d: %d\n", kept, a);
    kept = sscanf("2.5e-3x", "%f%c", &f, &c);
    printf("%d: %g %c\n", kept, (double)f, c);
    kept = sscanf("abc", "%d", &a);
    printf("%d\n", kept);
    kept = sscanf("", "%d", &a);
    printf("%d\n", kept);
    kept = sscanf("100%", "%d%%%n", &a, &n);
    printf("%d: %d %d\n", kept, a, n);
}

int main(void)
{
    readings();
    strings();
    return 0;
}
