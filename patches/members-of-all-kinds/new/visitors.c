#include "visitors.h"

struct visitor visitors[6];
struct note notes[3];
struct visitor *latest;

static PROCEDURE void take_note(long long amount, unsigned turn)
{
    struct note *note = &notes[turn % 3];

    note->sign = amount < 0 ? '-' : '+';
    note->amount += amount;
    note->turn = (short)(note->turn - 1);
}

PROCEDURE unsigned visit(unsigned n)
{
    struct visitor *visitor = &visitors[n % 4];
    unsigned before = latest == NULL ? 0 : latest->visits;

    latest = visitor;
    visitor->places[1].row -= n;
    visitor->places[1].seat++;
    visitor->tag.bytes[1]++;
    visitor->visits++;
    visitor->odd += n * 5;
    visitor->balance -= 3;
    visitor->mood = n % 3 == 0 ? CALM : n % 3 == 1 ? BUSY : ANGRY;
    visitor->sum -= n * 1000000007LL;
    take_note(visitor->sum, n);
    print("%c ROW %d seat %u tag %u odd %u balance %d mood %s sum %d %d\n",
          notes[n % 3].sign, (int)visitor->places[1].row, visitor->places[1].seat,
          visitor->tag.bytes[1], visitor->odd, visitor->balance,
          latest->mood == CALM   ? "calm"
          : latest->mood == BUSY ? "busy"
                                 : "angry",
          (int)visitor->sum, (int)(notes[n % 3].amount >> 32));
    return before * 100 + visitor->visits;
}
