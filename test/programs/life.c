/* Conway's game on a torus, edit distances, and a sieve over bits. */
#include <stdio.h>
#include <string.h>

enum { ROWS = 20, COLUMNS = 40 };

static char field[ROWS][COLUMNS], next[ROWS][COLUMNS];

static int neighbours(int row, int column)
{
    int count = 0;

    for (int dr = -1; dr <= 1; dr++)
        for (int dc = -1; dc <= 1; dc++)
            if (dr != 0 || dc != 0)
                count += field[(row + dr + ROWS) % ROWS][(column + dc + COLUMNS) % COLUMNS];
    return count;
}

static void life(int generations)
{
    static const char *const acorn[] = { ".#.....", "...#...", "##..###" };
    int alive = 0;

    for (int row = 0; row < 3; row++)
        for (int column = 0; acorn[row][column]; column++)
            field[row + 8][column + 15] = acorn[row][column] == '#';
    for (int generation = 0; generation < generations; generation++) {
        for (int row = 0; row < ROWS; row++)
            for (int column = 0; column < COLUMNS; column++) {
                int count = neighbours(row, column);

                next[row][column] = count == 3 || (count == 2 && field[row][column]);
            }
        memcpy(field, next, sizeof field);
    }
    for (int row = 0; row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            putchar(field[row][column] ? '#' : '.');
            alive += field[row][column];
        }
        putchar('\n');
    }
    printf("%d alive\n", alive);
}

static int distance(const char *a, const char *b)
{
    int row[64];
    int columns = (int)strlen(b);

    for (int k = 0; k <= columns; k++)
        row[k] = k;
    for (int i = 1; a[i - 1]; i++) {
        int corner = row[0];

        row[0] = i;
        for (int k = 1; k <= columns; k++) {
            int best = corner + (a[i - 1] != b[k - 1]);

            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            corner = row[k];
            row[k] = best;
        }
    }
    return row[columns];
}

static void sieve(void)
{
    static unsigned char composite[20000 / 8 + 1];
    int count = 0, last = 0;

    for (int i = 2; i < 20000; i++) {
        if (composite[i / 8] & 1 << i % 8)
            continue;
        count++;
        last = i;
        for (int k = 2 * i; k < 20000; k += i)
            composite[k / 8] |= (unsigned char)(1 << k % 8);
    }
    printf("%d primes, the last is %d\n", count, last);
}

int main(void)
{
    life(50);
    printf("%d %d %d %d\n", distance("kitten", "sitting"), distance("", "abc"),
           distance("same", "same"), distance("instruction set", "restriction"));
    sieve();
    return 0;
}
