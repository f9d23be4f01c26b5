#ifndef VISITORS_H
#define VISITORS_H

#include "session.h"

enum mood { ANGRY, CALM, BUSY };

union tag {
    unsigned word;
    unsigned char bytes[4];
    unsigned long long wide;
};

struct place {
    long long row;
    char hall;
    char seat;
};

struct visitor {
    long long sum;
    enum mood mood;
    int balance : 9;
    unsigned odd : 13, visits : 7;
    union tag tag;
    struct place places[3];
};

struct note {
    char sign;
    short turn;
    long long amount;
};

#endif
