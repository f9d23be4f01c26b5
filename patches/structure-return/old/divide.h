struct quotient {
    unsigned whole;
    unsigned rest;
    unsigned divisor;
    unsigned check[4];
};

struct quotient divide(unsigned n, unsigned by);
