#include "visitors.h"

/* What the old program has. */
struct old_visitor {
    struct {
        short row;
        char seat;
    } places[2];
    union {
        unsigned word;
        unsigned char bytes[4];
    } tag;
    unsigned visits : 5, odd : 11;
    int balance : 7;
    enum { OLD_CALM, OLD_BUSY, OLD_ANGRY } mood;
    long long sum;
};

struct __attribute__((packed)) old_note {
    char sign;
    long long amount;
    short turn;
};

extern struct visitor *latest;

__attribute__((used)) int new_visitors(const struct old_visitor *old,
                                       struct visitor *new);
__attribute__((used)) int new_notes(const struct old_note *old,
                                    struct note *new);

PROCEDURE int new_visitors(const struct old_visitor *old, struct visitor *new)
{
    static const enum mood moods[] = {
        [OLD_CALM] = CALM, [OLD_BUSY] = BUSY, [OLD_ANGRY] = ANGRY
    };
    unsigned i, k;

    /* It points into the array that was. */
    if (latest != NULL)
        latest = new + ((const struct old_visitor *)latest - old);
    for (i = 0; i < 4; i++) {
        for (k = 0; k < 2; k++) {
            new[i].places[k].row = old[i].places[k].row;
            new[i].places[k].seat = old[i].places[k].seat;
        }
        new[i].tag.word = old[i].tag.word;
        new[i].visits = old[i].visits;
        new[i].odd = old[i].odd;
        new[i].balance = old[i].balance;
        new[i].mood = moods[old[i].mood];
        new[i].sum = old[i].sum;
    }
    return 0;
}

PROCEDURE int new_notes(const struct old_note *old, struct note *new)
{
    unsigned i;

    for (i = 0; i < 3; i++) {
        new[i].sign = old[i].sign;
        new[i].turn = old[i].turn;
        new[i].amount = old[i].amount;
    }
    return 0;
}
