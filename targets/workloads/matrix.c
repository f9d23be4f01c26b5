/* Multiplication of square matrices of integers. */
#include "workload.h"

enum { SIDE = 64 };

typedef unsigned matrix[SIDE][SIDE];

static matrix left, right, product;

static void multiply(void)
{
    unsigned i, j, k;

    for (i = 0; i < SIDE; i++) {
        for (j = 0; j < SIDE; j++) {
            unsigned sum = 0;

            for (k = 0; k < SIDE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
    }
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 24), i, j;
    unsigned state = 521288629, sum = MIX_START;

    for (i = 0; i < SIDE; i++) {
        for (j = 0; j < SIDE; j++) {
            left[i][j] = random32(&state);
            right[i][j] = random32(&state);
        }
    }
    for (round = 0; round < count; round++) {
        multiply();
        memcpy(left, product, sizeof left);
    }
    for (i = 0; i < SIDE; i++)
        for (j = 0; j < SIDE; j++)
            sum = mix(sum, left[i][j]);
    print("matrix %08x\n", sum);
    return 0;
}
