/* Conway's Game of Life, a byte a cell, on a board whose edges meet. */
#include "workload.h"

enum { SIDE = 128 };

typedef unsigned char board[SIDE][SIDE];

static board boards[2];

static void step(board from, board to)
{
    unsigned y, x;

    for (y = 0; y < SIDE; y++) {
        const unsigned char *above = from[(y - 1) % SIDE];
        const unsigned char *row = from[y];
        const unsigned char *below = from[(y + 1) % SIDE];

        for (x = 0; x < SIDE; x++) {
            unsigned left = (x - 1) % SIDE, right = (x + 1) % SIDE;
            unsigned neighbours = above[left] + above[x] + above[right] +
                                  row[left] + row[right] + below[left] +
                                  below[x] + below[right];

            to[y][x] = neighbours == 3 || (neighbours == 2 && row[x] != 0);
        }
    }
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 100), y, x;
    unsigned state = 1812433253, sum = MIX_START;

    for (y = 0; y < SIDE; y++)
        for (x = 0; x < SIDE; x++)
            boards[0][y][x] = random32(&state) >> 30 == 0;
    for (round = 0; round < count; round++)
        step(boards[round % 2], boards[(round + 1) % 2]);
    for (y = 0; y < SIDE; y++)
        for (x = 0; x < SIDE; x++)
            sum = mix(sum, boards[count % 2][y][x]);
    print("life %08x\n", sum);
    return 0;
}
