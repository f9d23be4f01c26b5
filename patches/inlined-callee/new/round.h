static inline unsigned rounded(unsigned n)
{
    return (n + 3) / 4 * 4;
}
