unsigned scale(unsigned divisor, unsigned n, unsigned by);
