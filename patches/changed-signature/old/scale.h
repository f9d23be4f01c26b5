unsigned scale(unsigned n, unsigned by);
