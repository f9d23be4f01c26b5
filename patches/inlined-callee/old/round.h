static inline unsigned rounded(unsigned n)
{
    return n / 4 * 4;
}
