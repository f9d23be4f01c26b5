#include "session.h"

struct record {
    signed char low;
    unsigned short middle;
    short high;
    unsigned char flags;
};

static struct record record;

PROCEDURE unsigned pack(unsigned n)
{
    record.low = (signed char)(n * 78);
    record.middle = (unsigned short)(n * 7777);
    record.high = (short)(n * 3333);
    record.flags |= (unsigned char)n;
    return (unsigned)(record.low * 2 + record.middle + record.high) + record.flags;
}
