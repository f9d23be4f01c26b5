#ifndef VISITORS_H
#define VISITORS_H

#include "session.h"

enum mood { CALM, BUSY, ANGRY };

union tag {
    unsigned word;
    unsigned char bytes[4];
};

struct place {
    short row;
    char seat;
};

struct visitor {
    struct place places[2];
    union tag tag;
    unsigned visits : 5, odd : 11;
    int balance : 7;
    enum mood mood;
    long long sum;
};

struct __attribute__((packed)) note {
    char sign;
    long long amount;
    short turn;
};

#endif
