/* Quicksort with insertion sort for short runs, on random numbers. */
#include "workload.h"

enum { COUNT = 20000, SHORT = 12 };

static unsigned numbers[COUNT];

static void insertion_sort(unsigned *first, unsigned *last)
{
    unsigned *next, *gap;

    for (next = first + 1; next <= last; next++) {
        unsigned value = *next;

        for (gap = next; gap > first && gap[-1] > value; gap--)
            *gap = gap[-1];
        *gap = value;
    }
}

static void sort(unsigned *first, unsigned *last)
{
    while (last - first > SHORT) {
        unsigned *low = first, *high = last;
        unsigned pivot = first[(last - first) / 2];

        while (low <= high) {
            while (*low < pivot)
                low++;
            while (*high > pivot)
                high--;
            if (low <= high) {
                unsigned value = *low;

                *low++ = *high;
                *high-- = value;
            }
        }
        /* The smaller part by recursion, so that the stack stays short. */
        if (high - first < last - low) {
            sort(first, high);
            first = low;
        } else {
            sort(low, last);
            last = high;
        }
    }
    insertion_sort(first, last);
}

int main(int argc, char **argv)
{
    unsigned round, count = rounds(argc, argv, 16), i;
    unsigned state = 2463534242u, sum = MIX_START;

    for (round = 0; round < count; round++) {
        for (i = 0; i < COUNT; i++)
            numbers[i] = random32(&state);
        sort(numbers, numbers + COUNT - 1);
        for (i = 1; i < COUNT; i++) {
            if (numbers[i - 1] > numbers[i]) {
                print("out of order at %u\n", i);
                return 1;
            }
            sum = mix(sum, numbers[i]);
        }
    }
    print("sort %08x\n", sum);
    return 0;
}
