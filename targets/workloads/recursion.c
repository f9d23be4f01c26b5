/* Deep and wide recursion: Ackermann's function, queens on a board, and the
   towers of Hanoi. */
#include "workload.h"

static PROCEDURE unsigned ackermann(unsigned m, unsigned n)
{
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

/* Ways to place queens on the rows left; bits are taken columns and diagonals. */
static PROCEDURE unsigned queens(unsigned all, unsigned columns,
                                 unsigned left, unsigned right)
{
    unsigned free = all & ~(columns | left | right), found = 0;

    if (columns == all)
        return 1;
    while (free != 0) {
        unsigned queen = free & -free;

        free -= queen;
        found += queens(all, columns | queen, (left | queen) << 1,
                        (right | queen) >> 1);
    }
    return found;
}

static unsigned pegs[3];

static PROCEDURE void move(unsigned discs, unsigned from, unsigned to)
{
    unsigned spare = 3 - from - to;

    if (discs == 0)
        return;
    move(discs - 1, from, spare);
    pegs[from] ^= 1u << discs;
    pegs[to] ^= 1u << discs;
    move(discs - 1, spare, to);
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 30);
    unsigned sum = MIX_START;

    for (round = 0; round < count; round++) {
        sum = mix(sum, ackermann(2, 250 + round));
        sum = mix(sum, ackermann(3, 5));
        sum = mix(sum, queens(0xff, 0, 0, 0));
        pegs[0] = 0x1ffe;
        pegs[1] = pegs[2] = 0;
        move(12, 0, 2);
        sum = mix(sum, pegs[2] - pegs[0] - pegs[1]);
    }
    print("recursion %08x\n", sum);
    return 0;
}
