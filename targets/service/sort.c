#include "service.h"

static PROCEDURE void merge(const unsigned *from, unsigned *to, unsigned half,
                            unsigned count)
{
    unsigned left = 0, right = half, at;

    for (at = 0; at < count; at++) {
        if (right == count || (left < half && from[left] <= from[right]))
            to[at] = from[left++];
        else
            to[at] = from[right++];
    }
}

PROCEDURE void sort(unsigned *numbers, unsigned *spare, unsigned count)
{
    unsigned half = count / 2;

    if (count < 2)
        return;
    sort(spare, numbers, half);
    sort(spare + half, numbers + half, count - half);
    merge(spare, numbers, half, count);
}
